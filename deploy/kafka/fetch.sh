#!/bin/sh
# Fetch Apache Kafka's jars into deploy/kafka/target/libs, for the integration tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

for program in java mvn; do
    if ! command -v "$program" >/dev/null 2>&1; then
        echo "$program is not on PATH: install a JDK (17 or later) and Maven," \
             "e.g. apt install openjdk-17-jre-headless maven" >&2
        exit 1
    fi
done

stamp="$here/target/fetched"
if [ -f "$stamp" ] && [ "$stamp" -nt "$here/pom.xml" ]; then
    exit 0
fi
rm -rf "$here/target"
mvn --quiet --batch-mode --file "$here/pom.xml" dependency:copy-dependencies
touch "$stamp"
