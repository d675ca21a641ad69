/** cluster: real processes, and a plain client for them; for tests and benchmarks. */
export { EtcdClient, Failure } from './client.ts'
export { Cluster, type ClusterOptions, startCluster } from './cluster.ts'
export { freePorts } from './free-ports.ts'
export { Member } from './member.ts'
export { type SecureMember, type SecureMemberOptions, startSecureMember } from './secure-member.ts'
export { serverCommand } from './server-command.ts'
export { UNHURRIED } from './unhurried.ts'
