// One story.
export function story(main, { id }) { main.textContent = id; }
