# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/results.md that say which descriptors tell genres apart, and what they cost."""
import json
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

from pages import call_sleeve, provenance, table, with_interval

PLAIN = ["hog", "hsv", "lbp", "faces", "palette", "colour", "hsv_pyramid", "lab_pyramid", "composition", "text",
         "hog_pyramid", "lbp_multi", "gist", "wavelets", "region_covariance", "advisory", "faces_yunet"]
BAGS = {"sift": 64, "dense_sift": 64, "kaze": 48, "akaze": 48, "orb": 24}  # dimensions that are kept of their vectors
WORDS = "words:encoding=fisher:k=32:reduce={}:place=0.5:power=1"
ALONE = "standard>svm:c=3"
PICTURES = ["hog_pyramid", "lbp_multi", "gist", "wavelets", "lab_pyramid", "region_covariance", "dense_sift"]
KNOW_COVERS = ["text", "advisory", "faces_yunet"]
BEST = PICTURES + KNOW_COVERS
YUNET = "yunet-2023mar"
NEED_YUNET = {"descriptors", "sets", "embeddings-discogs5", "embeddings-spotify6"}  # of the tables
# Chosen on other divisions than the tables'.
WEIGHTS = {"region_covariance": 1.5, "dense_sift": 1.5, "text": 0.5, "advisory": 0.5, "faces_yunet": 0.7}
BESIDE_A_NETWORK = {"advisory": 0.4, "faces_yunet": 0.2}
ORIGINAL = "hog+hsv+lbp"
COSTED = 48  # covers that a descriptor's cost is measured on


def require_yunet(binary):
    """Before hours of work, not in their middle."""
    done = subprocess.run([str(binary), "models", "list", "--json"], capture_output=True, text=True, check=True)
    if not any(one["name"] == YUNET and one["state"] == "installed" for one in json.loads(done.stdout)["networks"]):
        sys.exit(f"these tables look for faces: run 'sleeve models pull {YUNET}' first")


def joined(features):
    """The model for several descriptors, at most one of them a bag: each counts alike but those of WEIGHTS."""
    words = [WORDS.format(BAGS[name]) for name in features if name in BAGS]
    weights = {name: weight for name, weight in WEIGHTS.items() if name in features}
    return ">".join([*words, weighted(weights), "svm:c=3"])


def weighted(weights):
    """Transforms after which descriptors count alike but those with a weight of their own."""
    stated = "+".join(f"{name}*{weight}" for name, weight in weights.items())
    return "standard>balance" + (f">weight:blocks={stated}" if stated else "")


def cpu_seconds(binary, pictures, features):
    """Of extracting from these pictures on one thread, in a workspace of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        covers = pathlib.Path(temporary) / "covers" / "all"
        covers.mkdir(parents=True)
        for number, picture in enumerate(pictures):
            shutil.copy(picture, covers / f"{number}{picture.suffix}")
        workspace = pathlib.Path(temporary) / "workspace"
        call_sleeve(binary, workspace, "import", "folder", str(covers.parent))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        call_sleeve(binary, workspace, "extract", "--threads", "1", "--features", features)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cost_of(binary, folder, features):
    """CPU milliseconds a cover, decoding included: what twice as many covers cost more."""
    pictures = sorted(folder.rglob("*.jp*g"))
    pictures = pictures[::max(1, len(pictures) // (2 * COSTED))][:2 * COSTED]
    half = len(pictures) // 2
    more = cpu_seconds(binary, pictures, features) - cpu_seconds(binary, pictures[:half], features)
    return 1000 * more / (len(pictures) - half)


def scores(result):
    return [with_interval(result["pooled"]["accuracy"]), with_interval(result["pooled"]["macro_f1"])]


def crossval(sleeve, features, model, *arguments):
    sleeve.call("extract", "--features", features)
    return sleeve.crossval("--models", model, *arguments, features=features)


def alone_table(sleeve, folder):
    rows, runs = [], []
    for name in [*PLAIN, *BAGS]:
        model = f"{WORDS.format(BAGS[name])}>{ALONE}" if name in BAGS else ALONE
        run = crossval(sleeve, name, model)
        runs.append(run)
        result = run["report"]["results"][1]
        rows.append((result["pooled"]["macro_f1"]["value"],
                     [f"`{name}`", *scores(result), f"{cost_of(sleeve.binary, folder, name):.1f}"]))
    baseline = ["always the most frequent genre", *scores(runs[0]["report"]["results"][0]), ""]
    ranked = [row for _, row in sorted(rows, key=lambda row: -row[0])]
    return "\n\n".join([table(["descriptor", "accuracy", "macro-F1", "ms a cover"], [baseline, *ranked]),
                        f"`{ALONE}`; bags behind `{WORDS.format(64)}` (`kaze` and `akaze` 48, `orb` 24). " + provenance(*runs)])


def sets_table(sleeve):
    best = "+".join(BEST)
    asked = [("the original's, without faces", ORIGINAL, "sqrt>balance>svm:c=4", []),
             ("**the best set**", best, joined(BEST), []),
             ("the best set, leaky split", best, joined(BEST), ["--split", "stratified"]),
             (f"without those that know covers: `{'`, `'.join(KNOW_COVERS)}`", "+".join(PICTURES), joined(PICTURES), [])]
    for name in BEST:
        rest = [other for other in BEST if other != name]
        asked.append((f"without `{name}`", "+".join(rest), joined(rest), []))
    for more in (["hog", "hsv", "lbp"], ["palette", "colour", "composition"]):
        both = BEST + more
        asked.append((f"with `{'+'.join(more)}` as well", "+".join(both), joined(both), []))
    runs = [crossval(sleeve, features, model, *extra) for _, features, model, extra in asked]
    rows = [[label, *scores(run["report"]["results"][1])] for (label, *_), run in zip(asked, runs)]
    pipeline = runs[1]["report"]["results"][1]["pipeline"]
    return "\n\n".join([table(["descriptors", "accuracy", "macro-F1"], rows),
                        f"The best set: `{best}`, `{pipeline}`. " + provenance(*runs)])


def embedding_sets(network):
    """{label: (features, transforms)}: what of the network is looked at, coarse to rich, and what beside it."""
    pooled = f"embedding:network={network}"
    covariance = f"{pooled}:layers=shapes:pooling=covariance"
    two = f"{pooled}+{pooled}:side=320"
    three = f"{covariance}+{covariance}:side=320+{covariance}:side=448"
    five = f"{two}+{three}"
    beside = "+".join(BESIDE_A_NETWORK)
    return {"averages and deviations at 224 px": (pooled, "standard"),
            "the same at 224 and 320 px": (two, "standard"),
            "covariance of `shapes` at 320 px": (f"{covariance}:side=320", "standard"),
            "covariance of `shapes` at 224, 320 and 448 px": (three, "standard"),
            "both: all five": (five, "standard"),
            "all five, each counting alike": (five, weighted({})),
            f"**all five and `{beside}`**": (f"{five}+{beside}", weighted(BESIDE_A_NETWORK))}


def embeddings_table(sleeve, folder, network, learners, *arguments):
    rows, runs = [], []

    def add(label, features, model, cost, *split):
        run = crossval(sleeve, features, model, *arguments, *split)
        result = run["report"]["results"][1]
        runs.append(run)
        rows.append([label, f"`{result['pipeline']}`", *scores(result), fold_mean(result), cost])

    for label, (features, transforms) in embedding_sets(network).items():
        cost = f"{cost_of(sleeve.binary, folder, features):.0f}"
        for learner in learners:
            add(label, features, f"{transforms}>{fitting(learner, transforms)}", cost)
    add(f"{label}, leaky split", features, f"{transforms}>{fitting(learners[0], transforms)}", "", "--split", "stratified")
    head = ["what is looked at", "model", "accuracy", "macro-F1", "macro-F1, mean of the folds", "ms a cover"]
    return "\n\n".join([table(head, rows), f"Network `{network}`. " + provenance(*runs)])


def fitting(learner, transforms):
    """A penalty counts otherwise where blocks of some 3,700 columns have been brought to length 1."""
    return learner.replace("c=0.0003", "c=1") if "balance" in transforms else learner


def fold_mean(result):
    score = result["folds"]["macro_f1"]
    return f"{score['mean']:.3f} ({score['deviation']:.3f})"
