// GitHub actions, pinned to commits as public workflows pin those tags, read 2026-11-21.
{
  checkout: 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683',  // v4.2.2
  python: 'actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065',  // v5.6.0
  buildx: 'docker/setup-buildx-action@e468171a9de216ec08956ac3ada2f0791b6bd435',  // v3.11.1
  login: 'docker/login-action@74a5d142397b4f367a81961eba4e8cd7edddf772',  // v3.4.0
  build: 'docker/build-push-action@263435318d21b8e681c14492fe198d362a7d2c83',  // v6.18.0
  cosign: 'sigstore/cosign-installer@d58896d6a1865668819e1d91763c7751a165e159',  // v3.9.2
  versions: { checkout: 'v4.2.2', python: 'v5.6.0', buildx: 'v3.11.1', login: 'v3.4.0', build: 'v6.18.0', cosign: 'v3.9.2' },
}
