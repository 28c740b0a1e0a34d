// cloud-init for a rented server: a user with a key and no password, ssh hardened, a firewall, updates, Docker. What a
// user chose reaches it as YAML values, never as shell text.
local text = import 'lib/text.libsonnet';

function(advice, machine, params) {
  assert params.ssh_key == null || (std.startsWith(params.ssh_key, 'ssh-') || std.startsWith(params.ssh_key, 'ecdsa-') || std.startsWith(params.ssh_key, 'sk-')) && !text.contains(params.ssh_key, '\n') :
         "that is no public key in one line\nhelp: --set ssh_key=\"$(cat ~/.ssh/id_ed25519.pub)\"",
  assert params.user != 'root' : "the user is another than root, who cannot log in\nhelp: --set user=work",
  'vps/user-data.yaml': {
    format: 'cloud-config',
    header: 'cloud-init user data: give it to the provider when you order the server. It holds no secret: a public key is public.',
    content: {
      hostname: params.name,
      '#users': 'one user, who may use sudo, logs in by key alone and has no password; root cannot log in',
      users: [{
        name: params.user,
        groups: ['sudo', 'docker'],
        shell: '/bin/bash',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        ssh_authorized_keys: [if params.ssh_key == null then 'ssh-ed25519 INSERT_YOUR_PUBLIC_KEY' else params.ssh_key],
      }],
      disable_root: true,
      ssh_pwauth: false,
      package_update: true,
      package_upgrade: true,
      '#package_reboot_if_required': 'a new kernel runs at once',
      package_reboot_if_required: true,
      packages: ['docker.io', 'fail2ban', 'git', 'python3-systemd', 'python3-venv', 'tmux', 'ufw', 'unattended-upgrades'],
      '#write_files': 'read before the distribution\'s own settings, and the first value counts',
      write_files: [
        { path: '/etc/ssh/sshd_config.d/01-palier.conf', permissions: '0644', content: 'PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin no\nX11Forwarding no\nMaxAuthTries 3\n' },
        { path: '/etc/apt/apt.conf.d/52palier', permissions: '0644', content: 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n' },
        { '#': 'Debian has no auth.log any more: fail2ban reads the journal', path: '/etc/fail2ban/jail.d/palier.local', permissions: '0644', content: '[sshd]\nenabled = true\nbackend = systemd\n' },
        { '#': "Docker's published ports go around ufw. This keeps those of docker run on 127.0.0.1; in Compose, whose networks do not heed it, write 127.0.0.1:PORT:PORT", path: '/etc/docker/daemon.json', permissions: '0644', content: '{"ip": "127.0.0.1", "log-driver": "local"}\n' },
      ],
      '#runcmd': 'ssh first, so that the firewall never shuts its own door',
      runcmd: [
        ['ufw', 'allow', '22/tcp'],
        ['ufw', 'default', 'deny', 'incoming'],
        ['ufw', '--force', 'enable'],
        ['systemctl', 'restart', 'ssh'],
        ['systemctl', 'restart', 'docker', 'fail2ban'],
      ],
    } + (if params.swap == 0 then {} else {
           '#swap': 'a build that runs out of memory is slow, and not killed',
           swap: { filename: '/swapfile', size: params.swap },
         }),
  },
  'vps/README.md': { format: 'text', content: '# A rented server, ready to work on\n\n' + |||
    `user-data.yaml` makes a Debian or Ubuntu server with one user, ssh by key alone, a firewall that lets ssh in and nothing else, automatic
    security updates, Docker, and swap. Docker's published ports go around the firewall: those of `docker run -p` are kept on 127.0.0.1, in a
    Compose file write `127.0.0.1:8888:8888` yourself.

    ## Use it

    Paste the file as "user data" or "cloud config" when you order the server, or: `hcloud server create --user-data-from-file user-data.yaml ...`.
    It is read once, at the first start. `ssh USER@ADDRESS cloud-init status --wait` says when it is done.
    Reach a service on it through a tunnel: `ssh -L 8888:127.0.0.1:8888 USER@ADDRESS`.

    ## Undo

    Delete the server at the provider: a stopped one is usually still billed.
  ||| },
  '#open': if params.ssh_key == null then ['your public ssh key is not known (ssh_key)'] else [],
}
