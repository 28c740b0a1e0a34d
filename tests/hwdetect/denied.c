/* denied FAMILY ERRNO PROGRAM [ARGUMENT...]: runs a program for which the kernel refuses a family of system calls, as
 * strict containers do. For tests; `denied` alone lists the families. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
  const char* name;
  int calls[6];
} families[] = {
    {"sockets", {SYS_socket, SYS_connect, SYS_bind}},
    {"threads and processes", {SYS_clone, SYS_clone3}},
    {"device control", {SYS_ioctl}},
    {"file systems", {SYS_statfs, SYS_fstatfs}},
    {"affinity", {SYS_sched_getaffinity}},
    {"system information", {SYS_sysinfo, SYS_uname, SYS_prlimit64, SYS_getrusage}},
    {"openat2", {SYS_openat2}},
    {"directories", {SYS_getdents64}},
    {"links", {SYS_readlinkat}},
    {"pipes", {SYS_pipe2}},
    {"polling", {SYS_epoll_create1, SYS_eventfd2, SYS_timerfd_create}},
    {"temporary folders", {SYS_mkdirat, SYS_unlinkat}},
    {"statistics of files", {SYS_statx}},
};
enum { family_count = sizeof families / sizeof *families, call_count = sizeof families->calls / sizeof *families->calls };

static int deny(const int* calls, int error) {
  struct sock_filter filter[2 * call_count + 2];
  unsigned short size = 0;
  filter[size++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (int i = 0; i < call_count && calls[i] != 0; ++i) {
    filter[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], 0, 1);
    filter[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error);
  }
  filter[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {size, filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

int main(int argc, char** argv) {
  for (int i = 0; i < family_count; ++i) {
    if (argc < 4) {
      puts(families[i].name);
    } else if (strcmp(argv[1], families[i].name) == 0) {
      if (!deny(families[i].calls, atoi(argv[2]))) return 77; /* no filters here: nothing to test */
      execv(argv[3], argv + 3);
      return 1;
    }
  }
  return argc < 4 ? 0 : 2;
}
