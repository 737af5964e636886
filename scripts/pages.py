# SPDX-License-Identifier: Apache-2.0
"""What the scripts that write tables into the documentation share."""
import json
import re
import subprocess
import sys


def call_sleeve(binary, workspace, *arguments):
    """The report of one command; ends the script where the command fails."""
    print("  sleeve " + " ".join(arguments), file=sys.stderr, flush=True)
    command = [str(binary), "-w", str(workspace), "--json", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}".strip())
    return json.loads(done.stdout)


def with_interval(score, digits=3):
    """Empty where the score is not defined."""
    if score["value"] is None:
        return ""
    return f"{score['value']:.{digits}f} [{score['low']:.{digits}f}, {score['high']:.{digits}f}]"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def provenance(*runs):
    """One sentence: what the runs of one data set can be told again by."""
    folds = ", ".join(dict.fromkeys(f"{run['report']['split']} {run['report']['folds_fingerprint'][:12]}"
                                    for run in runs))
    return (f"Data {runs[0]['fingerprint']}, folds {folds}, seed {runs[0]['config']['seed']}, sleeve "
            f"{runs[0]['version']}.")


def rewrite(page, kind, sections):
    """Replaces what stands between <!-- KIND:NAME --> and <!-- /KIND:NAME --> for each {name: body}."""
    text = page.read_text(encoding="utf-8")
    for name, body in sections.items():
        mark = re.escape(f"{kind}:{name}")
        pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.S)
        text, count = pattern.subn(lambda match, body=body: match[1] + body + "\n" + match[2], text)
        if count != 1:
            sys.exit(f"{page}: the marks of '{kind}:{name}' stand there {count} times, not once")
    page.write_text(text, encoding="utf-8")
