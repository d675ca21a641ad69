import assert from 'node:assert/strict'
import { SeededChance } from '../../../base/index.ts'
import { ManualClock, settle } from '../../../log/testing/index.ts'
import type { NodeService } from '../../../server/index.ts'
import { native } from '../../../wire/index.ts'
import { type LocalAnswers, LocalClient } from '../../etcd/testing/index.ts'
import { NativeDoor, type NativeLimits } from '../index.ts'

const { pipeline, execute } = native.KV.methods

/** The door over a node, on time that stands still; `turn` lets everything happen that can. */
export function setUpNative<N extends NodeService>(node: N, limits: Partial<NativeLimits> = {}) {
  const clock = new ManualClock()
  const door = new NativeDoor({ node, clock, chance: new SeededChance(5), limits })
  return { node, door, client: new LocalClient(door.methods), turn: settle }
}

/** One pipeline, and its results so far. */
export class NativeStream {
  readonly answers: LocalAnswers<native.Operations, native.Results>

  constructor(answers: LocalAnswers<native.Operations, native.Results>) {
    this.answers = answers
  }

  /** In the order in which they came. */
  get results(): native.Result[] {
    return this.answers.messages.flatMap(({ results }) => results)
  }

  get ids(): number[] {
    return this.results.map(({ id }) => id)
  }

  /** Such as `7: KEY_EMPTY NEVER`. */
  get failures(): string[] {
    return this.results.flatMap(({ id, failure }) =>
      failure === null ? [] : [`${id}: ${failure.code} ${retryName(failure.retry)}`],
    )
  }

  send(...operations: readonly native.Operation[]): void {
    this.answers.send({ operations: [...operations] })
  }
}

export function openPipeline(client: LocalClient): NativeStream {
  return new NativeStream(client.open(pipeline))
}

/** One operation in a call of its own. */
export function run(client: LocalClient, asked: Uint8Array | native.Operation): native.Result {
  const answers = client.open(execute)
  if (asked instanceof Uint8Array) answers.sendBytes(asked)
  else answers.send(asked)
  assert.equal(answers.outcome, 'OK')
  return answers.message
}

function retryName(retry: number): string {
  const names = Object.entries(native.FailureRetry)
  return names.find(([, value]) => value === retry)?.[0] ?? `(${retry})`
}
