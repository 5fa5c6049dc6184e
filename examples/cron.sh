#!/bin/sh
# A nightly audit of one account: reads it once, keeps what was read as evidence, judges it against the night before, and
# sends a short message if something is new. Once a week it says that it still runs.
#
# Exit code: that of the scan (0 clean, 1 findings, 3 incomplete), 2 or 4 if it could not run, 75 if another run is at work
# or the message could not be sent. The report of the night before is replaced last, and only once the message is sent.
#
# What it is told by its environment; `crontab` beside this file has an example:
#
#   PLIMSOLL_RULES   a rules file or the name of built-in rules                      serverless-poc
#   PLIMSOLL_STATE   the folder that everything is kept in                           $HOME/.local/state/plimsoll
#   PLIMSOLL_FROM    options that say which account, separated by blanks             --profile audit --region eu-central-1
#   PLIMSOLL_JUDGE   options of the judging, separated by blanks                     --waivers /etc/plimsoll/waivers.yaml
#                    (--set and --unexpected belong to both)
#   PLIMSOLL_FORM    the form of the message: text, sns or slack                     text
#   PLIMSOLL_SEND    a shell command that sends the message: the file $MESSAGE,      cat, so that cron mails it
#                    which is its input as well
#   PLIMSOLL_REMIND  the day of the week, 1 (Monday) to 7, that it speaks anyway; 0: never          1
#   PLIMSOLL_KEEP    for how many days the evidence is kept                          90
#   PLIMSOLL         the program                                                     plimsoll
#
# Commands that send it:
#
#   sns     aws sns publish --topic-arn arn:aws:sns:REGION:ACCOUNT:TOPIC --cli-input-json "file://$MESSAGE"
#   slack   curl --fail --silent --show-error --json @- "$(cat /etc/plimsoll/webhook)"
set -eu
umask 077

rules=${PLIMSOLL_RULES:-serverless-poc}
state=${PLIMSOLL_STATE:-$HOME/.local/state/plimsoll}
form=${PLIMSOLL_FORM:-text}
send=${PLIMSOLL_SEND:-cat}
remind=${PLIMSOLL_REMIND:-1}
keep=${PLIMSOLL_KEEP:-90}
plimsoll=${PLIMSOLL:-plimsoll}

mkdir -p "$state/snapshots"
# The system lets go of the lock when this ends, however it ends.
exec 9> "$state/lock"
flock -n 9 || { echo "plimsoll: another run is at work in $state" >&2; exit 75; }
# What a run that was killed left behind.
rm -rf "$state"/work.*
# The options are taken apart at their blanks, and nothing else in them means anything to the shell.
set -f
work=$(mktemp -d "$state/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 75' HUP INT TERM

# Sends the file "$1".
sent() {
    MESSAGE=$1 sh -c "$send" < "$1" 9>&- || { echo "plimsoll: the message could not be sent" >&2; exit 75; }
}

# Says that the command "$1" ended with the exit code "$2", and stops. A job that cannot run must not look like a clean one.
could_not_run() {
    cat "$work/said" >&2
    text="Plimsoll could not run: plimsoll $1 ended with exit code $2"
    case $form in
        sns) printf '{"Subject":"Plimsoll could not run","Message":"%s"}\n' "$text" ;;
        slack) printf '{"text":"%s"}\n' "$text" ;;
        *) printf '%s\n' "$text" ;;
    esac > "$work/message"
    sent "$work/message"
    exit "$2"
}

code=0
# shellcheck disable=SC2086
"$plimsoll" snapshot "$rules" ${PLIMSOLL_FROM:-} --quiet --output "$work/snapshot.json.gz" 2> "$work/said" || code=$?
# Where something was not read (3), the rest is judged.
case $code in 0 | 3) ;; *) could_not_run snapshot "$code" ;; esac

set -- --snapshot "$work/snapshot.json.gz" --output "$work/report.json" --output "$work/report.md" "--notify=$form"
if [ -e "$state/report.json" ]; then
    set -- "$@" --baseline "$state/report.json"
fi
# With --quiet, the message is empty where nothing is new.
if [ "$(date -u +%u)" != "$remind" ]; then
    set -- "$@" --quiet
fi
code=0
# shellcheck disable=SC2086
"$plimsoll" scan "$rules" ${PLIMSOLL_JUDGE:-} "$@" > "$work/message" 2> "$work/said" || code=$?
case $code in 0 | 1 | 3) ;; *) could_not_run scan "$code" ;; esac

if [ -s "$work/message" ]; then
    sent "$work/message"
fi

mv "$work/snapshot.json.gz" "$state/snapshots/$(date -u +%Y-%m-%dT%H%M%SZ).json.gz"
find "$state/snapshots" -name '*.json.gz' -mtime "+$keep" -exec rm -f {} +
if [ -e "$state/report.json" ]; then
    ln -f "$state/report.json" "$state/yesterday.json"
fi
mv "$work/report.md" "$state/report.md"
mv "$work/report.json" "$state/report.json"
exit "$code"
