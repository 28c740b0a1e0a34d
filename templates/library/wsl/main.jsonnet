// WSL 2: .wslconfig is Windows' file about the virtual machine of all distributions, wsl.conf the distribution's own. Keys:
// github.com/MicrosoftDocs/WSL, wsl-config.md (2026-07-30). A wrong key is passed over in silence, so that a test holds both files to
// a table of the documented ones.
local make_machine = import 'lib/machine.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;

function(advice, machine, params)
  local m = make_machine(machine);
  // Inside WSL the memory is what the virtual machine was given; taking a share of that would shrink it with each run.
  local known = if params.windows_memory != null then params.windows_memory else if m.kind == 'wsl' then null else m.memory;
  local windows = if known == null then null else std.max(4, std.floor(known / gib + 0.5));
  local for_windows = if windows == null then null else std.max(2, std.min(8, std.ceil(windows / 4)));
  local memory = if windows == null then null else windows - for_windows;
  local swap = if memory == null then 8 else std.max(4, std.ceil(memory / 2));
  local lines(list) = { format: 'text', content: text.lines(list) };
  {
    'wsl/wslconfig': lines([
      '# Goes to %UserProfile%\\.wslconfig in Windows, for all distributions under WSL 2; setup.sh puts it there.',
      '# `wsl --shutdown` in PowerShell makes it count, and ends everything that runs under WSL.',
      '[wsl2]',
    ] + (if memory == null then [
           "# memory is Windows' own default, half of what it has: how much that is cannot be seen from inside WSL. In PowerShell:",
           '#   (Get-CimInstance Win32_ComputerSystem).TotalPhysicalMemory',
           '# then generate again with --set windows_memory=32GiB, say.',
         ] else [
           '# ' + windows + ' GB less ' + for_windows + ' for Windows: a quarter, from 2 to 8',
           'memory=' + memory + 'GB',
         ]) + [
      '# ' + (if memory == null then 'room for a build that runs out of memory' else 'half of the memory') + ', on the disk',
      'swap=' + swap + 'GB',
    ] + (if params.processors == null then [] else ['# asked for; all of them without this line', 'processors=' + params.processors]) + [
      '',
      '[experimental]',
      '# a new disk of a distribution gives space back to Windows when files are removed',
      'sparseVhd=true',
    ]),
    'wsl/wsl.conf': lines([
      "# Goes to /etc/wsl.conf in the distribution; setup.sh puts it there. It counts from the distribution's next start:",
      '# `wsl --terminate NAME` in PowerShell.',
      '[boot]',
      '# services: Docker, the model servers, timers',
      'systemd=true',
      '',
      '[automount]',
      '# files of Windows get permissions that ssh keys and scripts can have. Keep data and environments in the home folder: /mnt/c is',
      '# many times slower.',
      'options="metadata,umask=022,fmask=111"',
      '',
      '[interop]',
      '# programs of Windows are called by their whole path: otherwise its python and conda are found before those of Linux',
      'appendWindowsPath=false',
      '',
      '[gpu]',
      '# the driver is that of Windows; in Linux none is installed',
      'enabled=true',
    ] + (if params.user == null then [] else ['', '[user]', 'default=' + params.user])),
    'wsl/setup.sh': { format: 'text', mode: '0755', content: importstr 'wsl/setup.sh' },
    'wsl/README.md': { format: 'text', content: '# Linux under Windows\n\nMade for: ' + m.summary() + '.\n\n' + |||
      | file | goes to |
      |---|---|
      | `wslconfig` | `%UserProfile%\.wslconfig` in Windows: memory and swap of the virtual machine |
      | `wsl.conf` | `/etc/wsl.conf` in the distribution: systemd, permissions, the search path |
      | `setup.sh` | puts both there, keeps what was there before, and brings it back with `--undo` |

      ## Use it

      In PowerShell, where there is no distribution yet: `wsl --install -d Ubuntu-24.04`. Then in the distribution:

      ```sh
      ./setup.sh --dry-run   # what it would change
      ./setup.sh             # asks for your password once; safe to run again
      ```

      and in PowerShell `wsl --shutdown`, which ends everything that runs under WSL. The next shell has the new settings.

      ## The GPU

      Install NVIDIA's (or AMD's) driver in Windows, and none in Linux: `nvidia-smi` is in `/usr/lib/wsl/lib`. If a package brought a Linux driver along,
      remove it: it hides the one that works. PyTorch's wheels bring the rest; for containers install Docker in the distribution, with
      NVIDIA's container toolkit.

      ## Good to know

      WSL ends a distribution a while after its last shell is closed, with all of its services: keep a shell open while something trains.

      ## Undo

      `./setup.sh --undo`, then `wsl --shutdown` in PowerShell. `wsl --unregister Ubuntu-24.04` removes the distribution with all its files.
    ||| },
    '#open': if windows == null then ['how much memory Windows has cannot be seen from inside WSL (windows_memory)'] else [],
  }
