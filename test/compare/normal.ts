/** What may differ between two servers is taken out: ids, sizes, addresses, times. */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/client-[0-9a-f-]{36}/g, 'client-<id>'],
  [/"target":"[^"]*"/g, '"target":"<address>"'],
  [/"ts":"[^"]*"/g, '"ts":"<time>"'],
  [/(https?:\/\/)?(127\.0\.0\.1|localhost):\d+/g, '<address>'],
  // Leases and members in hexadecimal, and the names of keys that are made of them. They are any 64
  // bits, written without leading zeros: one that has six of them is drawn once in a lifetime. A
  // hash, which has 32 bits, has ten digits at most.
  [/\b[0-9a-f]{11,16}\b/g, '<id>'],
  [/\b-?\d{12,20}\b/g, '<id>'],
  [
    /"(cluster_id|member_id|raft_term|raftTerm|raftIndex|raftAppliedIndex|leader|ID)":"?\d+"?/g,
    '"$1":<id>',
  ],
  [/"(dbSize|dbSizeInUse|hash)":"?\d+"?/g, '"$1":<size>'],
  [
    /"(ClusterID|MemberID|RaftTerm|RaftIndex|RaftAppliedIndex|Leader|DBSize|Hash|Version)" : .*/g,
    '"$1" : <id>',
  ],
  [/"(version|etcdserver|etcdcluster|storage)":"3\.\d+\.\d+"/g, '"$1":"<version>"'],
  // Of etcd 3.6.
  [/,?"(storageVersion|dbSizeQuota|downgradeInfo)":("[^"]*"|\{[^}]*\})/g, ''],
  // What is read is bytes, and the sign for a millionth has two of them.
  [/took = [\d.]+(?:n|\xc2\xb5|m)?s/g, 'took = <time>'],
  [/"took":"[^"]*"/g, '"took":"<time>"'],
  [/remaining\(\d+s\)/g, 'remaining(<time>)'],
  [/"ttl":\d+/g, '"ttl":<time>'],
  // What is left of a lease, not what was granted.
  [/"TTL":"\d+",(?="grantedTTL")/g, '"TTL":"<time>",'],
  [/"TTL" : \d+/g, '"TTL" : <time>'],
  [/, \d+(\.\d+)? [kKMG]i?B,/g, ', <size>,'],
  // `endpoint status`: version, whether it leads, term and indexes.
  [/, 3\.\d+\.\d+, /g, ', <version>, '],
  [/, (true|false), (true|false), \d+, \d+, \d+,/g, ', <leads>, $2, <term>, <index>, <index>,'],
  [/^(<address>), \d{4,10}$/gm, '$1, <hash>'],
  // The key of a lock in base64: `mutex/` and a lease.
  [/bXV0ZXgv[A-Za-z0-9+/=]+/g, '<key>'],
  [/\/tmp\/\S+\/snapshot\.db/g, '<path>'],
]

export function normal(text: string): string {
  return RULES.reduce((done, [pattern, replacement]) => done.replace(pattern, replacement), text)
}

export function normalLines(text: string, { unordered }: { readonly unordered: boolean }): string {
  const done = normal(text)
  // Members of a list stand in one line, in JSON as for people.
  return unordered
    ? done
        .split(/[\n ,[\]]/)
        .sort()
        .join('\n')
    : done
}

/** Of what etcdctl logs only the error itself counts: how often it tried may differ. */
export function normalErrors(text: string): string {
  const lines = normal(text).split('\n')
  return lines.filter((line) => !line.startsWith('{"level"') && line !== '').join('\n')
}
