#!/usr/bin/env python3
"""The questions of graph.rs asked of networkx, igraph and rustworkx, on the edges and pairs that it wrote: graph.py FILE

Medians in milliseconds; a library that is not installed is passed over. Costs are those of graph.rs: the mean of the hub
factors of both ends."""
import math
import statistics
import sys
import time


def told(what, pairs, ask):
    took = []
    for source, target in pairs:
        start = time.perf_counter()
        ask(source, target)
        took.append((time.perf_counter() - start) * 1e3)
    print(f"{what:<44} median {statistics.median(took):10.2f} ms  slowest {max(took):10.2f} ms", flush=True)


def built(what, build):
    start = time.perf_counter()
    graph = build()
    print(f"{what:<44} {(time.perf_counter() - start) * 1e3:10.0f} ms", flush=True)
    return graph


def main():
    pairs, edges = [], []
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            kind, source, target = line.split()
            (pairs if kind == "pair" else edges).append((int(source), int(target)))
    nodes = 1 + max(max(edge) for edge in edges)
    degree = [0] * nodes
    for source, target in edges:
        degree[source] += 1
        degree[target] += 1
    factor = [1 + math.log(1 + it) / 4 for it in degree]
    costs = [(factor[source] + factor[target]) / 2 for source, target in edges]
    few = pairs[:5]
    try:
        import networkx
    except ImportError:
        print("networkx is not installed")
    else:
        def build():
            graph = networkx.Graph()
            graph.add_nodes_from(range(nodes))
            graph.add_weighted_edges_from((source, target, cost) for (source, target), cost in zip(edges, costs))
            return graph

        graph = built("networkx: building", build)
        told("networkx: bidirectional_dijkstra, one route", few, lambda a, b: networkx.bidirectional_dijkstra(graph, a, b))

        def three(a, b):
            routes = networkx.shortest_simple_paths(graph, a, b, weight="weight")
            return [route for _, route in zip(range(3), routes)]

        told("networkx: shortest_simple_paths, three", few[:2], three)
        told("networkx: pagerank from one concept", few[:2], lambda a, _: networkx.pagerank(graph, 0.7, {a: 1.0}))
    try:
        import igraph
    except ImportError:
        print("igraph is not installed")
    else:
        graph = built("igraph: building", lambda: igraph.Graph(nodes, edges))
        told("igraph: get_shortest_path, one route", pairs, lambda a, b: graph.get_shortest_path(a, b, weights=costs))
        told("igraph: get_k_shortest_paths, three", few, lambda a, b: graph.get_k_shortest_paths(a, b, k=3, weights=costs))
        told("igraph: personalized_pagerank", few, lambda a, _: graph.personalized_pagerank(damping=0.7, reset_vertices=a))
    try:
        import rustworkx
    except ImportError:
        print("rustworkx is not installed")
    else:
        def build_rustworkx():
            graph = rustworkx.PyGraph()
            graph.add_nodes_from(range(nodes))
            graph.add_edges_from([(source, target, cost) for (source, target), cost in zip(edges, costs)])
            return graph

        graph = built("rustworkx: building", build_rustworkx)
        told("rustworkx: dijkstra_shortest_paths, one", few,
             lambda a, b: rustworkx.dijkstra_shortest_paths(graph, a, target=b, weight_fn=float))


main()
