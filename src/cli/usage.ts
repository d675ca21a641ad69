/** What the commands take, for people. */

export const USAGE = `usage: quorate COMMAND [options]

  node      runs a node that a file describes: quorate node --config FILE
  etcd      runs a node that is told what an etcd is told: quorate etcd FLAGS
  start     runs a cluster on this machine, to try things out
  log       looks into the log of a node that does not run
  version   which version this is
  help      this text; with a command, more of it`

export const NODE_USAGE = `usage: quorate node --config FILE [options]

  --config FILE   YAML; docs/configuration.md has every setting
  --check         only says whether the file is right
  --json          with --check: one JSON value, for programs`

export const START_USAGE = `usage: npm start -- [options]    or: quorate start [options]

  --nodes N         so many nodes, 1 to 7; 3 when absent
  --engine NAME     bitcask, memory or lmdb; bitcask when absent
  --data DIRECTORY  where they keep everything; .quorate when absent
  --fresh           forgets what an earlier cluster has kept there

Node 1 has the ports 8081 for clients and 9001 for other nodes, node 2 has 8082 and 9002, ...
  --client-port N   begins with another port than 8081
  --peer-port N     begins with another port than 9001`

export const ETCD_USAGE = `usage: quorate etcd [flags]

The flags are those of etcd, from 3.4 to 3.7, and the variables ETCD_...; docs/configuration.md says
what becomes of each. Most used:

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
  --quorate-log-segment BYTES   of a file of the write-ahead log; 64MiB when absent`
