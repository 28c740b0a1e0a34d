// A virtual machine with Ubuntu: by Vagrant, or by Ubuntu's installer, which asks nothing. It gets a share of this machine, and no GPU:
// that would have to be taken from this machine altogether.
local make_machine = import 'lib/machine.libsonnet';
local text = import 'lib/text.libsonnet';

local mib = 1048576, gib = 1073741824;
local packages = ['build-essential', 'curl', 'git', 'python3-pip', 'python3-venv', 'tmux'];

function(advice, machine, params)
  local m = make_machine(machine);
  local cpus = if params.cpus != null then params.cpus else if m.cpus == null then 2 else std.max(1, std.floor(m.cpus / 2));
  local memory = std.floor((if params.memory != null then params.memory else if m.memory == null then 4 * gib else std.max(2 * gib, std.floor(m.memory / 2 / gib) * gib)) / mib);
  local disk = std.floor(params.disk / gib);
  local whence(asked, known) = if asked != null then 'asked for' else if known == null then 'how much this machine has is not known' else 'half of what this machine has';
  local fits = m.memory == null || memory * mib <= m.memory;
  assert fits : 'the machine has ' + text.bytes(m.memory) + ' of memory\nhelp: --set memory=' + std.floor(m.memory / 2 / gib) + 'GiB, say';
  assert m.cpus == null || cpus <= m.cpus : 'the machine has ' + text.number(m.cpus) + ' usable CPUs\nhelp: --set cpus=' + std.max(1, std.floor(m.cpus / 2)) + ', say';
  assert params.ssh_key == null || (std.startsWith(params.ssh_key, 'ssh-') || std.startsWith(params.ssh_key, 'ecdsa-') || std.startsWith(params.ssh_key, 'sk-')) && !text.contains(params.ssh_key, '\n') :
         "that is no public key in one line\nhelp: --set ssh_key=\"$(cat ~/.ssh/id_ed25519.pub)\"";
  assert params.user != 'root' : 'the user is another than root, who cannot log in\nhelp: --set user=work';
  {
    'vm/Vagrantfile': { format: 'text', content: text.lines([
      '# vagrant up; the folder above this one is /work inside.',
      'Vagrant.configure("2") do |config|',
      '  # A version that public files use (read 2026-11-21); whether it has a box for libvirt could not be confirmed.',
      '  config.vm.box = "bento/ubuntu-24.04"',
      '  config.vm.box_version = "202510.26.0"',
      '  config.vm.hostname = "' + params.name + '"',
      '  config.vm.synced_folder "..", "/work"',
      '  # this machine alone can reach JupyterLab',
      '  config.vm.network "forwarded_port", guest: 8888, host: 8888, host_ip: "127.0.0.1", auto_correct: true',
      '',
      '  # CPUs: ' + whence(params.cpus, m.cpus) + '; memory in MiB: ' + whence(params.memory, m.memory),
      '  config.vm.provider "virtualbox" do |machine|',
      '    machine.name = "' + params.name + '"',
      '    machine.cpus = ' + cpus,
      '    machine.memory = ' + memory,
      '  end',
      '  config.vm.provider "libvirt" do |machine|',
      '    machine.cpus = ' + cpus,
      '    machine.memory = ' + memory,
      '  end',
      '',
      '  config.vm.provision "shell", inline: <<~SCRIPT',
      '    set -eu',
      '    export DEBIAN_FRONTEND=noninteractive',
      '    apt-get update -q',
      '    apt-get install -y -q --no-install-recommends ' + std.join(' ', packages),
      '  SCRIPT',
      'end',
    ]) },
    'vm/autoinstall.yaml': {
      format: 'cloud-config',
      header: "For Ubuntu's installer (24.04 and later), which then asks nothing. IT ERASES THE DISK of the machine that starts with it.",
      content: { autoinstall: {
        version: 1,
        locale: 'en_US.UTF-8',
        keyboard: { layout: 'us' },
        '#storage': 'the largest disk, whole; add interactive-sections: [storage] to be asked',
        storage: { layout: { name: 'direct', match: { size: 'largest' } } },
        ssh: { 'install-server': true, 'allow-pw': false },
        '#drivers': "what Ubuntu recommends for the machine's devices: NVIDIA's driver, where there is such a GPU",
        drivers: { install: true },
        packages: packages + ['openssh-server', 'unattended-upgrades'],
        updates: 'all',
        '#user-data': 'no password anywhere: the user logs in by key, and root cannot',
        'user-data': {
          hostname: params.name,
          disable_root: true,
          ssh_pwauth: false,
          users: [{
            name: params.user,
            groups: ['sudo'],
            shell: '/bin/bash',
            sudo: 'ALL=(ALL) NOPASSWD:ALL',
            lock_passwd: true,
            ssh_authorized_keys: [if params.ssh_key == null then 'ssh-ed25519 INSERT_YOUR_PUBLIC_KEY' else params.ssh_key],
          }],
        },
        shutdown: 'reboot',
      } },
    },
    'vm/README.md': { format: 'text', content: '# A virtual machine\n\nIt gets ' + cpus + ' CPUs, ' + text.bytes(memory * mib) + ' of memory and a disk of ' + disk + ' GiB; this machine: ' + m.summary() + '.\n\n' + text.filled(|||
      ## With Vagrant

      ```sh
      vagrant up               # VirtualBox; or: vagrant up --provider libvirt
      vagrant ssh              # the folder above this one is /work
      /work/python/setup.sh    # if you generated local-python as well
      ```

      ## With Ubuntu's installer

      On libvirt, with an image of Ubuntu Server (`sudo apt install virtinst cloud-image-utils libvirt-daemon-system`):

      ```sh
      cloud-localds seed.iso autoinstall.yaml
      virt-install --name NAME --vcpus CPUS --memory MEMORY --disk size=DISK --disk path=seed.iso,device=cdrom \
        --location ubuntu-24.04-live-server-amd64.iso,kernel=casper/vmlinuz,initrd=casper/initrd \
        --extra-args 'autoinstall' --os-variant ubuntu24.04 --noreboot
      virsh start NAME && virsh domifaddr NAME   # then: ssh USER@ADDRESS
      ```

      The same file installs a machine of your own: put it on the installer's stick as `autoinstall.yaml`. Without `autoinstall` on the kernel's
      command line the installer asks once before it erases the disk.

      ## The GPU

      A virtual machine has none: what trains on one runs better in a container (`python/compose.yaml`), which shares it.

      ## Undo

      `vagrant destroy`, or `virsh destroy NAME; virsh undefine NAME --remove-all-storage`.
    |||, { NAME: params.name, CPUS: std.toString(cpus), MEMORY: std.toString(memory), DISK: std.toString(disk), USER: params.user }) },
    '#open': if params.ssh_key == null then ['your public ssh key is not known (ssh_key)'] else [],
  }
