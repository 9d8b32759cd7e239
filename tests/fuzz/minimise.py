"""The smallest part of a failing program that still fails in the same way."""
import check
from generate import part, sinks


def minimise(program, kind, turn):
    """Drops outputs and nodes as long as the failure stays; values of dropped nodes become inputs. The whole if nothing helps,
    or if it takes several runs."""
    def fails(smaller):
        return check.check([smaller], turn)[0].kind == kind

    opset = program.opset
    for node in program.nodes:
        single = part([node], list(node.outputs), opset)
        if fails(single):
            return single
    if len(program.runs) > 1:
        return program
    best = program
    changed = True
    while changed:
        changed = False
        for k in reversed(range(len(best.nodes))):
            nodes = best.nodes[:k] + best.nodes[k + 1:]
            smaller = part(nodes, sinks(nodes), opset)
            if nodes and fails(smaller):
                best, changed = smaller, True
    for output in list(best.outputs):
        rest = [v for v in best.outputs if v is not output]
        smaller = part(best.nodes, rest, opset)
        if rest and fails(smaller):
            best = smaller
    return best
