/**
 * config: what a node is told, by flags and variables of etcd or by a file, as one type.
 *
 * Invariants: a configuration that is handed out is whole and makes sense; of one that does not,
 * every mistake is told with its place, what stands there and what would be right.
 * Not here: what a node does with it.
 */
export { type ClusterPlan, type PlannedMember, planCluster } from './cluster-plan.ts'
export { CONFIG_SWITCHES, CONFIG_USAGE, check, runConfigCommand } from './config-command.ts'
export { readEtcdFile, readNodeFile } from './config-file.ts'
export { type EtcdWish, readEtcdArguments } from './etcd-arguments.ts'
export { type ConfigOutcome, etcdConfig } from './etcd-config.ts'
export { ETCD_FLAGS, type EtcdFlag } from './etcd-flags.ts'
export {
  type ConfigParts,
  gather,
  NODE_SWITCHES,
  NODE_VALUES,
  namedFile,
  tellProblems,
} from './gather.ts'
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
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  type NodeConfig,
  type TimingConfig,
  type TlsFiles,
} from './node-config.ts'
export { nodeUsage } from './node-usage.ts'
export { readNodeWords } from './node-words.ts'
export { suggestion } from './problems.ts'
export { PROFILE_NAMES, type ProfileName, TIMING_PROFILES } from './profiles.ts'
export {
  flagOf,
  SECTIONS,
  SETTING_NAMES,
  type Setting,
  type SettingName,
  settingOf,
  variableOf,
} from './settings.ts'
export type { MemberUrl } from './urls.ts'
