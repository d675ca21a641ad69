/**
 * The environment of members that keep their leader while the machine is busy. With the usual
 * timing, one that gets no processor for half a second is another's election, and whoever asks a
 * plain client meanwhile is told so: for tests that are not about that. A leader that is killed is
 * replaced as fast as ever, because its connections tell.
 */
export const UNHURRIED = {
  // Connections may be silent for three seconds.
  ETCD_QUORATE_PROFILE: 'wan',
  ETCD_HEARTBEAT_INTERVAL: '50',
  // Drawn from one to two times as long. With more, leases would have to be longer as well.
  ETCD_ELECTION_TIMEOUT: '1300',
} as const
