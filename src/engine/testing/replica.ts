import assert from 'node:assert/strict'
import {
  type CommandResult,
  READ,
  type ReadKind,
  type ReadStep,
  STATE_LIMITS,
  StateMachine,
} from '../../state/index.ts'
import type { Checkpoint, Engine, EngineFactory, RevisionRecord } from '../types.ts'
import { message } from './message.ts'

/** A state machine on an engine, as the driver of a group would have it, without the group. */
export class Replica {
  readonly engine: Engine
  readonly machine: StateMachine

  private constructor(engine: Engine, machine: StateMachine) {
    this.engine = engine
    this.machine = machine
  }

  static async open(factory: EngineFactory): Promise<Replica> {
    return Replica.#restore(await factory.open())
  }

  static async replace(
    factory: EngineFactory,
    { checkpoint, records }: { checkpoint: Checkpoint; records: readonly RevisionRecord[] },
  ): Promise<Replica> {
    return Replica.#restore(await factory.replace(checkpoint, pieces(records)))
  }

  static async #restore(engine: Engine): Promise<Replica> {
    const machine = new StateMachine({ limits: STATE_LIMITS, records: engine, seed: 7 })
    const { durable } = engine
    if (durable !== null) machine.restoreMeta(durable.meta)
    await engine.scanHeaders((main, sub, header, bytes) => {
      machine.restoreRecord(main, sub, header, bytes)
    })
    if (durable !== null) machine.finishRestore()
    assert.equal(machine.appliedIndex, durable?.appliedIndex ?? 0)
    return new Replica(engine, machine)
  }

  async apply(index: number, data: Uint8Array): Promise<readonly CommandResult[]> {
    const { engine, machine } = this
    machine.begin(index, data)
    let step = machine.step(null)
    while (step.kind !== 'applied') {
      step = machine.step(step.kind === 'missing' ? await engine.load(step.revisions) : null)
    }
    return machine.results
  }

  checkpoint(): Promise<void> {
    const { engine, machine } = this
    return engine.checkpoint({ appliedIndex: machine.appliedIndex, meta: machine.meta() })
  }

  /** Everything, to be put in the place of what another replica has. */
  async snapshot(): Promise<{ checkpoint: Checkpoint; records: RevisionRecord[] }> {
    const { engine, machine } = this
    const meta = machine.meta()
    const snapshot = engine.snapshot({ appliedIndex: machine.appliedIndex, meta })
    const records: RevisionRecord[] = []
    for await (const piece of snapshot.records()) records.push(...piece)
    snapshot.release()
    return { checkpoint: snapshot.checkpoint, records }
  }

  /** What everybody can see of it: the same on all replicas. */
  async picture(): Promise<string[]> {
    const { machine } = this
    const lines = [
      `hash ${machine.hash()} revision ${machine.revision} compacted ${machine.compactRevision}`,
      `keys ${machine.keyCount} leases ${machine.leaseCount} clock ${machine.clockMs}`,
    ]
    const first = Math.max(machine.compactRevision, 1)
    for (const revision of new Set([0, first, Math.ceil((first + machine.revision) / 2)])) {
      const all = Uint8Array.of(0)
      // `key`, `range_end`, `revision`
      lines.push(await this.#read(READ.range, message({ 1: all, 2: all, 4: revision })))
      lines.push(await this.#read(READ.hashKv, message({ 1: revision })))
    }
    return lines
  }

  async #read(kind: ReadKind, body: Uint8Array): Promise<string> {
    const read = this.machine.beginRead({ kind, body })
    let step: ReadStep = read.step(null)
    while (step.kind === 'missing' || step.kind === 'sliced') {
      const { kind: what } = step
      step = read.step(what === 'missing' ? await this.engine.load(step.revisions) : null)
    }
    if (step.kind === 'done') return Buffer.from(step.result.body).toString('base64')
    return step.kind === 'failed' ? step.code : 'a piece'
  }
}

async function* pieces(
  records: readonly RevisionRecord[],
): AsyncGenerator<readonly RevisionRecord[]> {
  for (let at = 0; at < records.length; at += 20) yield records.slice(at, at + 20)
}
