// What every pod of the bundle has.
{
  common(params): {
    serviceAccountName: params.name,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      '#fsGroupChangePolicy': 'do not walk through a whole volume of weights at every start',
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
  },

  // What kube-score and kube-linter ask for and this does not do, with the reason.
  '#exceptions': 'what linters ask for and this is right not to do: images are pinned by digest, so need not be pulled each time',
  exceptions(s): {
    'kube-score/ignore': std.join(',', ['container-resources', 'container-image-pull-policy'] + (if s.on_gpu then ['container-security-context-readonlyrootfilesystem'] else [])),
    'ignore-check.kube-linter.io/unset-cpu-requirements': 'a CPU limit would throttle in the middle of a token',
  } + (if s.on_gpu then { 'ignore-check.kube-linter.io/no-read-only-root-fs': "the GPU's container hooks write to the root file system" } else {}),

  tolerations(s): [{ key: s.vendor + '.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
}
