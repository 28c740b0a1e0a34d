"""Nodes like a machine, and the pods and volumes that others would make there: storage classes, KubeRay, a CronJob's clock."""


def as_node(name, zone, cpus, memory, devices, labels, taints):
    sizes = {"cpu": f"{int(cpus * 1000)}m", "memory": str(memory), "pods": "110", "ephemeral-storage": "500Gi"}
    sizes |= {d: str(n) for d, n in devices.items()}
    # What a kubelet keeps for itself and the system on the clusters of the clouds.
    steps, left, kept = [(4, 0.25), (4, 0.2), (8, 0.1), (112, 0.06), (10**6, 0.02)], memory, 100 << 20
    for size, share in steps:
        kept += share * min(left, size << 30)
        left -= min(left, size << 30)
    free = sizes | {"cpu": f"{int(cpus * 1000) - 100}m", "memory": str(int(memory - kept))}
    return {"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": labels | {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
                                                           "topology.kubernetes.io/zone": f"zone-{zone}"}},
            "spec": {"taints": taints} if taints else {},
            "status": {"capacity": sizes, "allocatable": free, "conditions": [{"type": "Ready", "status": "True"}]}}


def nodes_like(facts, count=3):
    """Nodes as a kubelet, a device plugin and feature discovery would describe such a machine."""
    devices, labels = {}, {}
    # A GPU inside a processor (AMD) or of a Jetson taints no node: nobody keeps others off for it.
    small = [g for g in facts["gpus"] if g.get("unified") and (g["vendor"] == "amd" or facts["platform"]["kind"] == "jetson")]
    for g in (g for g in facts["gpus"] if g["usable"] and g["vendor"] in ("nvidia", "amd") and g not in small):
        profile = g.get("mig") if g.get("kind") == "slice" else None
        name = f"nvidia.com/mig-{profile}" if profile else f"{g['vendor']}.com/gpu"
        devices[name] = devices.get(name, 0) + 1
        if g["vendor"] == "nvidia":
            labels |= {"nvidia.com/gpu.present": "true", "nvidia.com/gpu.memory": str((g["memory_total"] or 0) >> 20)}
    devices |= {"nvidia.com/gpu.shared": 2 * devices["nvidia.com/gpu"]} if "nvidia.com/gpu" in devices else {}
    taints = [{"key": d.split("/")[0] + "/gpu", "effect": "NoSchedule"} for d in list(devices)[:1]]
    cpus, memory = facts["effective"]["cpus"] or 32, facts["effective"]["memory"] or 16 << 30
    return [as_node(f"node-{i}", i % 2, cpus, memory, devices, labels, taints) for i in range(count)]


def plain_nodes():
    """Clusters that keep others off their GPUs have nodes for the others."""
    return [as_node(f"plain-{i}", i % 2, 8, 32 << 30, {}, {}, []) for i in range(3)]


def volumes_for(objects):
    """What a storage class would provide: without one nothing is bound, and no pod scheduled."""
    for o in objects:
        claims = [o] if o["kind"] == "PersistentVolumeClaim" else []
        if o["kind"] == "StatefulSet":
            names = [(c, f"{c['metadata']['name']}-{o['metadata']['name']}-{i}") for c in o["spec"]["volumeClaimTemplates"] for i in range(o["spec"]["replicas"])]
            claims = [c | {"metadata": {"name": name, "namespace": o["metadata"]["namespace"]}} for c, name in names]
        for claim in claims:
            space, name = claim["metadata"]["namespace"], claim["metadata"]["name"]
            yield {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"{space}-{name}"},
                   "spec": {"capacity": {"storage": "2Ti"}, "accessModes": claim["spec"]["accessModes"], "nfs": {"server": "127.0.0.1", "path": "/"},
                            "storageClassName": claim["spec"].get("storageClassName", ""), "claimRef": {"namespace": space, "name": name}}}


def ray_templates(cluster):
    """The pods of a Ray cluster, with the containers that KubeRay adds (ray-operator/controllers/ray/common/pod.go, 2026-08-19)."""
    head = cluster["headGroupSpec"]["template"]
    if cluster.get("enableInTreeAutoscaling"):
        few = {"cpu": "500m", "memory": "512Mi"}
        beside = {"name": "autoscaler", "image": head["spec"]["containers"][0]["image"], "resources": {"requests": few, "limits": few}}
        beside |= cluster.get("autoscalerOptions", {})
        head = head | {"spec": head["spec"] | {"containers": head["spec"]["containers"] + [beside]}}
    yield head
    for group in cluster["workerGroupSpecs"]:
        first = group["template"]["spec"]["containers"][0]
        wait = {k: v for k, v in first.items() if k in ("image", "securityContext", "env", "volumeMounts")} | {"name": "wait-gcs-ready"}
        for _ in range(group["replicas"]):
            yield group["template"] | {"spec": group["template"]["spec"] | {"initContainers": [wait]}}


def pods_of_others(objects):
    """Pods that no controller of a bare cluster makes now: of CronJobs that are not due, and of kinds whose operator is not here."""
    for o in objects:
        spec = o.get("spec", {})
        templates = {"CronJob": lambda: [spec["jobTemplate"]["spec"]["template"]],
                     "RayJob": lambda: [*ray_templates(spec["rayClusterSpec"]), spec["submitterPodTemplate"]],
                     "RayService": lambda: [*ray_templates(spec["rayClusterConfig"])]}.get(o["kind"], list)()
        for i, t in enumerate(templates):
            yield {"apiVersion": "v1", "kind": "Pod", "spec": t["spec"],
                   "metadata": t.get("metadata", {}) | {"name": f"{o['metadata']['name']}-{i}", "namespace": o["metadata"]["namespace"]}}
