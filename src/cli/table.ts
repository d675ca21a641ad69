/** Every command there is: what it is called, and what runs it. Loaded is only what runs. */

import type { CommandParts } from './command-parts.ts'
import { type Call, type Options, parse, type Spec } from './framework/index.ts'
import { BENCH, DOCTOR, MEMBERS, STATUS_COMMAND } from './specs/cluster.ts'
import {
  LEASE_GRANT,
  LEASE_KEEPALIVE,
  LEASE_LIST,
  LEASE_REVOKE,
  LEASE_TTL,
  LOCK,
} from './specs/coordination.ts'
import { DEL, GET, INCR, LIST, PUT, TXN, WATCH } from './specs/data.ts'
import { DEV, ETCD, LOG_CHECK, LOG_DUMP, LOG_TRUNCATE, NODE, START } from './specs/server.ts'
import { COMPLETION, CONFIG, VERSION } from './specs/tools.ts'

type Run<Some extends Options> = (call: Call<Some>, parts: CommandParts) => Promise<number>
type RawRun = (words: readonly string[], parts: CommandParts) => Promise<number>

export interface Command {
  readonly spec: Spec
  /** Fails with BAD_REQUEST for wrong usage, before anything was done. */
  readonly run: RawRun
  /** Of a command with a language of its own. */
  readonly help?: () => Promise<string>
}

function command<Some extends Options>(
  description: Spec<Some>,
  load: () => Promise<Run<Some>>,
): Command {
  return {
    spec: description,
    run: async (words, parts) => {
      // Before anything is loaded: a mistake is told at once.
      const call = parse(description, words, parts.environment)
      const run = await load()
      return run(call, parts)
    },
  }
}

interface Own {
  readonly load: () => Promise<RawRun>
  readonly help: () => Promise<string>
}

function raw(description: Spec, { load, help }: Own): Command {
  const run: RawRun = async (words, parts) => (await load())(words, parts)
  return { spec: description, run, help }
}

export const COMMANDS: readonly Command[] = [
  command(PUT, async () => (await import('./commands/put.ts')).runPut),
  command(GET, async () => (await import('./commands/get.ts')).runGet),
  command(DEL, async () => (await import('./commands/del.ts')).runDel),
  command(INCR, async () => (await import('./commands/incr.ts')).runIncr),
  command(LIST, async () => (await import('./commands/list.ts')).runList),
  command(WATCH, async () => (await import('./commands/watch.ts')).runWatch),
  command(TXN, async () => (await import('./commands/txn.ts')).runTxn),
  command(LEASE_GRANT, async () => (await import('./commands/lease.ts')).runLeaseGrant),
  command(LEASE_KEEPALIVE, async () => (await import('./commands/lease.ts')).runLeaseKeepalive),
  command(LEASE_REVOKE, async () => (await import('./commands/lease.ts')).runLeaseRevoke),
  command(LEASE_TTL, async () => (await import('./commands/lease.ts')).runLeaseTtl),
  command(LEASE_LIST, async () => (await import('./commands/lease.ts')).runLeaseList),
  command(LOCK, async () => (await import('./commands/lock.ts')).runLock),
  command(STATUS_COMMAND, async () => (await import('./commands/status.ts')).runStatus),
  command(MEMBERS, async () => (await import('./commands/members.ts')).runMembers),
  command(DOCTOR, async () => (await import('./commands/doctor.ts')).runDoctor),
  command(BENCH, async () => (await import('./commands/bench.ts')).runBench),
  command(DEV, async () => (await import('./dev/index.ts')).runDev),
  command(START, async () => (await import('./start-command.ts')).runStart),
  raw(NODE, {
    load: async () => (await import('./node-command.ts')).runNodeCommand,
    help: async () => (await import('./config/index.ts')).nodeUsage(),
  }),
  raw(ETCD, {
    load: async () => (await import('./etcd-command.ts')).runEtcdCommand,
    help: async () => (await import('./usage.ts')).ETCD_USAGE,
  }),
  raw(CONFIG, {
    load: async () => (await import('./config/index.ts')).runConfigCommand,
    help: async () => (await import('./config/index.ts')).CONFIG_USAGE,
  }),
  command(LOG_CHECK, async () => (await import('./log-command.ts')).runLogCheck),
  command(LOG_DUMP, async () => (await import('./log-command.ts')).runLogDump),
  command(LOG_TRUNCATE, async () => (await import('./log-command.ts')).runLogTruncate),
  command(COMPLETION, async () => {
    const { runCompletion } = await import('./commands/completion.ts')
    const specs = COMMANDS.map(({ spec }) => spec)
    return (call, parts) => runCompletion(call, parts, specs)
  }),
  command(VERSION, async () => (await import('./commands/version.ts')).runVersion),
]
