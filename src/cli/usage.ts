/** What `quorate etcd` takes, for people. */

export const ETCD_USAGE = `usage: quorate etcd [flags]

The flags are those of etcd, from 3.4 to 3.7, and the variables ETCD_...;
docs/reference/configuration.md says what becomes of each. Most used:

  --name NAME
  --data-dir DIRECTORY
  --listen-client-urls URLS     --advertise-client-urls URLS
  --listen-peer-urls URLS       --initial-advertise-peer-urls URLS
  --initial-cluster NAME=URL,...
  --initial-cluster-token TEXT
  --cert-file FILE              --key-file FILE
  --trusted-ca-file FILE        --client-cert-auth
  --peer-cert-file FILE         --peer-key-file FILE
  --peer-trusted-ca-file FILE   --peer-client-cert-auth
  --quota-backend-bytes N
  --auto-compaction-mode MODE   --auto-compaction-retention LENGTH
  --config-file FILE            a file of etcd's; flags and variables are then ignored
  --version
  --quorate-engine NAME         bitcask, memory or lmdb
  --quorate-log-segment BYTES   of a file of the write-ahead log; default 64MiB`
