/**
 * config: what a node is told, by flags and variables of etcd or by a file, as one type.
 *
 * Invariants: a configuration that is handed out is whole and makes sense; of one that does not,
 * every mistake is told with its place, what stands there and what would be right.
 * Not here: what a node does with it.
 */
export { type ClusterPlan, type PlannedMember, planCluster } from './cluster-plan.ts'
export { readEtcdFile, readNodeFile } from './config-file.ts'
export { type EtcdWish, readEtcdArguments } from './etcd-arguments.ts'
export { type ConfigOutcome, etcdConfig } from './etcd-config.ts'
export { ETCD_FLAGS } from './etcd-flags.ts'
export {
  type Identity,
  identityOf,
  readIdentity,
  resumeIdentity,
  writeIdentity,
} from './identity-file.ts'
export {
  type ClusterConfig,
  type CompactionConfig,
  ENGINE_NAMES,
  type EngineName,
  type ListenConfig,
  type LogLevel,
  type NodeConfig,
  type TimingConfig,
  type TlsFiles,
} from './node-config.ts'
export { suggestion } from './problems.ts'
export type { MemberUrl } from './urls.ts'
