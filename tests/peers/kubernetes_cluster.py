"""A Kubernetes control plane on loopback, without kubelets: etcd, an API server, the controllers and the scheduler."""
import json
import socket
import subprocess
import time

programs = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "openssl"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def call(*argv, text=None, check=True):
    done = subprocess.run([str(a) for a in argv], input=text, capture_output=True, text=True, timeout=300)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(str(a) for a in argv[:6])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Cluster:
    """A control plane of its own, ended with the `with` block."""

    def __init__(self, work):
        self.work, self.processes, self.token = work, [], "of-this-run-alone"
        self.etcd, self.api = free_port(), free_port()

    def __enter__(self):
        w = self.work
        call("openssl", "genrsa", "-out", w / "account.key", "2048")
        (w / "tokens").write_text(f"{self.token},admin,admin,system:masters\n")
        at = f"http://127.0.0.1:{self.etcd}"
        self.start("etcd", "--data-dir", w / "etcd", "--listen-client-urls", at, "--advertise-client-urls", at,
                   "--listen-peer-urls", f"http://127.0.0.1:{free_port()}", "--unsafe-no-fsync")
        self.start("kube-apiserver", "--etcd-servers", at, "--bind-address", "127.0.0.1", "--secure-port", self.api,
                   "--cert-dir", w / "certificates", "--token-auth-file", w / "tokens", "--authorization-mode", "RBAC",
                   "--service-account-key-file", w / "account.key", "--service-account-signing-key-file", w / "account.key",
                   "--service-account-issuer", "https://127.0.0.1", "--service-cluster-ip-range", "10.0.0.0/16",
                   "--endpoint-reconciler-type", "none")
        (w / "kubeconfig").write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "here", "cluster": {"server": f"https://127.0.0.1:{self.api}", "insecure-skip-tls-verify": True}}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "admin"}}]}))
        self.wait(lambda: "ok" in self.kubectl("get", "--raw", "/readyz", check=False), "the API server")
        self.wait(lambda: "swagger" in self.kubectl("get", "--raw", "/openapi/v2", check=False), "its description of its kinds")
        # Without kubelets nobody says that a node is well; the controllers that mind are left out.
        self.start("kube-controller-manager", "--kubeconfig", w / "kubeconfig", "--leader-elect=false", "--secure-port", 0,
                   "--service-account-private-key-file", w / "account.key", "--use-service-account-credentials=false",
                   "--pvclaimbinder-sync-period=1s", "--controllers", "*,-node-lifecycle-controller,-taint-eviction-controller")
        self.start("kube-scheduler", "--kubeconfig", w / "kubeconfig", "--leader-elect=false", "--secure-port", 0)
        # The first pod's account must be there, or its creation is put off.
        self.wait(lambda: "default" in self.kubectl("get", "serviceaccounts", "-n", "default", check=False), "the controllers")
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(30)

    def start(self, name, *arguments):
        log = open(self.work / f"{name}.log", "w")
        self.processes.append(subprocess.Popen([name, *map(str, arguments)], stdout=log, stderr=log))

    def kubectl(self, *arguments, **more):
        return call("kubectl", "--kubeconfig", self.work / "kubeconfig", *arguments, **more)

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))["items"]

    def apply(self, objects, *more):
        """Strict fields and no warning; conflicts are none, all is ours."""
        if not objects:
            return
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        self.kubectl("apply", "--server-side", "--force-conflicts", "--validate=strict", "--warnings-as-errors", *more, "-f", "-", text=text)

    def define(self, folder):
        """Takes the definitions of a folder, and waits until each of their groups is described."""
        self.kubectl("apply", "--server-side", "-f", folder)
        groups = {c["spec"]["group"] for c in self.get("customresourcedefinitions")}
        self.wait(lambda: all(f"apis/{g}/" in self.kubectl("get", "--raw", "/openapi/v3", check=False) for g in groups), "the definitions")

    def served(self):
        return {line.split()[-1] for line in self.kubectl("api-resources", "--no-headers").splitlines()}

    def add_nodes(self, nodes):
        self.apply([{k: v for k, v in n.items() if k != "status"} for n in nodes])
        for n in nodes:
            name = n["metadata"]["name"]
            self.kubectl("patch", "node", name, "--subresource=status", "--type=merge", "-p", json.dumps({"status": n["status"]}))
            self.kubectl("taint", "node", name, "node.kubernetes.io/not-ready:NoSchedule-", check=False)

    def remove(self, spaces):
        """Nodes, volumes and whatever makes pods; the namespaces' other objects stay, and are in nobody's way."""
        self.kubectl("delete", "nodes,persistentvolumes", "--all", "--wait=false")
        for space in spaces:
            self.kubectl("delete", "daemonsets,deployments,statefulsets,cronjobs,jobs,persistentvolumeclaims", "--all", "-n", space, "--wait=false", check=False)
            self.kubectl("delete", "pods", "--all", "-n", space, "--force", "--grace-period=0", "--wait=false", check=False)
        self.wait(lambda: not self.get("persistentvolumes"), "the volumes to go")

    def wait(self, true, what, seconds=120):
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise RuntimeError(f"waited {seconds} s for {what}")
            time.sleep(0.3)
