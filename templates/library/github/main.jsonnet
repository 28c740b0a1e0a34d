// A GitHub Actions workflow: test, build, sign, deploy. GitHub's own ${{ }} is text here: nothing of a user's is in it.
local actions = import 'data/actions.libsonnet';

local step(key, with={}) = { '#uses': key + ' ' + actions.versions[key], uses: actions[key], [if with != {} then 'with']: with };
local image = '${{ steps.name.outputs.image }}';

function(advice, machine, params) {
  '.github/workflows/release.yml': {
    format: 'yaml',
    header: 'Every push and pull request is tested; what reaches main is built, signed and deployed. Actions are pinned to commits.',
    content: {
      name: 'release',
      on: { push: { branches: ['main'] }, pull_request: {} },
      '#permissions': 'nothing by default; each job asks for what it needs',
      permissions: { contents: 'read' },
      '#concurrency': 'a newer push ends the older run of the same branch, but never one of main in the middle of a deployment',
      concurrency: { group: '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': "${{ github.ref != 'refs/heads/main' }}" },
      jobs: {
        test: {
          'runs-on': 'ubuntu-24.04',
          'timeout-minutes': 20,
          steps: [
            step('checkout', { 'persist-credentials': false }),
            step('python', { 'python-version': params.python, cache: 'pip' }),
            { run: 'python -m pip install --requirement requirements.txt pytest ruff' },
            { run: 'ruff check .' },
            { run: 'pytest' },
          ],
        },
        image: {
          needs: 'test',
          'if': "github.ref == 'refs/heads/main'",
          'runs-on': 'ubuntu-24.04',
          'timeout-minutes': 60,
          '#permissions': 'packages: to push; id-token: to sign without a key that could be lost',
          permissions: { contents: 'read', packages: 'write', 'id-token': 'write' },
          outputs: { image: image, digest: '${{ steps.build.outputs.digest }}' },
          steps: [
            step('checkout', { 'persist-credentials': false }),
            { '#id': 'names of images have no capital letters, those of owners may', id: 'name', run: 'echo "image=ghcr.io/${GITHUB_REPOSITORY,,}" >>"$GITHUB_OUTPUT"' },
            step('buildx'),
            step('login', { registry: 'ghcr.io', username: '${{ github.actor }}', password: '${{ secrets.GITHUB_TOKEN }}' }),
            step('build', {
              context: '.',
              push: true,
              tags: image + ':${{ github.sha }}',
              provenance: 'mode=max',
              sbom: true,
              'cache-from': 'type=gha',
              'cache-to': 'type=gha,mode=max',
            }) { id: 'build' },
            step('cosign'),
            { run: 'cosign sign --yes "$IMAGE@$DIGEST"', env: { IMAGE: image, DIGEST: '${{ steps.build.outputs.digest }}' } },
          ],
        },
        deploy: {
          needs: 'image',
          'runs-on': 'ubuntu-24.04',
          'timeout-minutes': 30,
          '#environment': 'Settings > Environments: who must agree, and the secret KUBECONFIG of a service account that may change this namespace alone',
          environment: 'production',
          steps: [
            step('checkout', { 'persist-credentials': false }),
            {
              name: 'Deploy what was built, by its digest',
              env: { KUBECONFIG_TEXT: '${{ secrets.KUBECONFIG }}', IMAGE: '${{ needs.image.outputs.image }}', DIGEST: '${{ needs.image.outputs.digest }}', OVERLAY: params.overlay, DEPLOYMENT: params.deployment, NAMESPACE: params.namespace },
              run: |||
                set -euo pipefail
                umask 077
                printf '%s' "$KUBECONFIG_TEXT" >"$RUNNER_TEMP/kubeconfig"
                export KUBECONFIG="$RUNNER_TEMP/kubeconfig"
                # The manifests call the image "app"; here it becomes the one that was built and signed.
                mkdir deploy-now
                printf 'resources: [../%s]\nimages: [{name: app, newName: %s, digest: %s}]\n' "$OVERLAY" "$IMAGE" "$DIGEST" >deploy-now/kustomization.yaml
                kubectl kustomize deploy-now | grep --fixed-strings --quiet "$IMAGE@$DIGEST" || { echo "no manifest of $OVERLAY uses the image app" >&2; exit 1; }
                kubectl diff -k deploy-now || [ $? -eq 1 ]
                kubectl apply -k deploy-now
                kubectl rollout status "deployment/$DEPLOYMENT" --namespace "$NAMESPACE" --timeout 20m
              |||,
            },
          ],
        },
      },
    },
  },
  'github/README.md': { format: 'text', content: '# Test, build, sign, deploy\n\n' + |||
    `.github/workflows/release.yml` tests every change, and builds, signs and deploys what reaches `main`. It wants `requirements.txt`,
    tests for pytest and a `Dockerfile` in the repository, and a kustomization to deploy, whose manifests call the image `app`; where none
    does, it stops before it changes anything.

    ## Use it

    1. Copy `.github` to your repository.
    2. Settings > Environments: make `production`, say who must agree, and add the secret `KUBECONFIG`.
    3. Push. Anyone can check an image: `cosign verify --certificate-oidc-issuer https://token.actions.githubusercontent.com
       --certificate-identity-regexp "https://github.com/OWNER/REPOSITORY/" IMAGE`

    ## Undo

    Remove the file and the environment; images stay under Packages until you delete them.
  ||| },
}
