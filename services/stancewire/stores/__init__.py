"""What lives in Redis: key names, codecs and the scripts that change it in one step."""
