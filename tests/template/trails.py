"""The way an execution went, in the form our interpreter gives it (infra/local/src/asl/trail.rs).

A trail is a list of states: a name, or for a Map `{"state": name, "iterations": [trail, …]}`. A repetition by
Retry is the same visit.
"""


def from_history(definition: dict, events: list) -> list:
    """Reads moto's history. Iterations run side by side there, so each event is placed by its predecessor."""
    depth = dict(_depths(definition, 0))
    root: list = []
    # Event id -> the trails it stands in, outermost first.
    scopes = {0: [root]}
    for event in sorted(events, key=lambda event: event["id"]):
        scope = list(scopes[event["previousEventId"]])
        kind = event["type"]
        if kind.endswith("StateEntered"):
            name = event["stateEnteredEventDetails"]["name"]
            del scope[depth[name] + 1 :]
            scope[-1].append({"state": name, "iterations": []} if kind == "MapStateEntered" else name)
        elif kind == "MapStateStarted":
            # Also what never starts has a trail: an empty one.
            scope[-1][-1]["iterations"] = [[] for _ in range(event["mapStateStartedEventDetails"]["length"])]
        elif kind == "MapIterationStarted":
            details = event["mapIterationStartedEventDetails"]
            del scope[depth[details["name"]] + 1 :]
            scope.append(scope[-1][-1]["iterations"][details["index"]])
        scopes[event["id"]] = scope
    return root


def _depths(definition: dict, depth: int):
    for name, state in definition["States"].items():
        yield name, depth
        if "ItemProcessor" in state:
            yield from _depths(state["ItemProcessor"], depth + 1)


def without_rounds(trail: list) -> list:
    """The trail with the rounds of a step (`Step`, `IsThereMore`, `Pause`) counted once: how many there are
    depends on the moment a partner was asked, not on the engine."""
    short: list = []
    for visit in trail:
        if isinstance(visit, dict):
            visit = {**visit, "iterations": [without_rounds(inner) for inner in visit["iterations"]]}
        short.append(visit)
        while short[-4:-1] == ["Step", "IsThereMore", "Pause"] and short[-1] == "Step":
            del short[-3:]
    return short
