/** What every service of the door is built from, and how a method becomes one. */

import { type Chance, copyOf } from '../../base/index.ts'
import type { Clock, Hashing } from '../../io/index.ts'
import type { GroupId } from '../../raft/index.ts'
import type { ServerCall, StreamHandler, StreamMethod, UnaryMethod } from '../../rpc/index.ts'
import type {
  NodeService,
  ReadOutcome,
  ReadWaiter,
  WriteOutcome,
  WriteWaiter,
} from '../../server/index.ts'
import type { StateLimits } from '../../state/index.ts'
import type { MethodDescription } from '../../wire/index.ts'
import type { Answers, RequestName, Requests } from '../messages/index.ts'
import { fail, failLater, failThrown, leaveOpen, refuse } from './answer.ts'
import { ETCD_ERRORS } from './errors.ts'
import type { LeaderWatch } from './leader-watch.ts'
import type { EtcdLimits } from './limits.ts'

export interface Door {
  readonly node: NodeService
  readonly clock: Clock
  readonly chance: Chance
  readonly hashing: Hashing
  readonly limits: EtcdLimits
  /** Those of the state: what it would refuse is refused here. */
  readonly stateLimits: StateLimits
  /** Of etcd's, whose behaviour is offered: clients choose theirs by it. */
  readonly version: string
  readonly requests: Requests
  readonly answers: Answers
  readonly leaders: LeaderWatch
  readonly onFault: (error: unknown) => void
}

type Handle = (call: ServerCall, bytes: Uint8Array, offset: number, length: number) => void

/** A method that reads its message by itself. */
export function scanning(door: Door, path: string, handle: Handle): UnaryMethod {
  return {
    kind: 'unary',
    path,
    handle: (call, bytes, offset, length) => {
      try {
        if (door.leaders.isMissing(call)) fail(call, ETCD_ERRORS.noLeader)
        else handle(call, bytes, offset, length)
      } catch (error) {
        failThrown(call, error)
      }
    },
  }
}

/** A method whose message goes to the log or to a read, once it was looked through. */
export function admitting(door: Door, path: string, name: RequestName): UnaryMethod {
  const { node, requests, answers } = door
  const group = node.defaultGroup
  return scanning(door, path, (call, bytes, offset, length) => {
    const admitted = requests[name](bytes, offset, length)
    if (admitted.kind === 'refused') {
      refuse(call, admitted.code)
    } else if (admitted.kind === 'write') {
      const { command: kind, body } = admitted
      node.write(group, { kind, body }, new WriteCall(call, group, answers))
    } else {
      node.read(group, admitted.request, new ReadCall(call, group, answers))
    }
  })
}

/** A method whose message is decoded. What is kept of it must be copied. */
export function decoding<Request>(
  door: Door,
  method: Pick<MethodDescription<Request, unknown>, 'path' | 'request'>,
  handle: (call: ServerCall, request: Request) => void,
): UnaryMethod {
  return scanning(door, method.path, (call, bytes, offset, length) =>
    handle(call, method.request.decode(bytes, offset, length)),
  )
}

/** A method whose handler takes its time; a failure it throws ends the call. */
export function stepping<Request>(
  door: Door,
  method: Pick<MethodDescription<Request, unknown>, 'path' | 'request'>,
  handle: (call: ServerCall, request: Request) => Promise<void>,
): UnaryMethod {
  return scanning(door, method.path, (call, bytes, offset, length) => {
    // A copy: the message has to outlive this turn.
    const own = copyOf(bytes, offset, offset + length)
    const request = method.request.decode(own, 0, length)
    void handle(call, request).catch((error: unknown) => failLater(door, call, error))
  })
}

/** A stream; it ends when there is no leader and the client wants one. */
export function streaming(
  door: Door,
  path: string,
  open: (call: ServerCall) => StreamHandler,
): StreamMethod {
  return {
    kind: 'stream',
    path,
    open: (call) => {
      if (!door.leaders.isMissing(call))
        return door.leaders.guarded(call, careful(call, open(call)))
      fail(call, ETCD_ERRORS.noLeader)
      return DEAF
    },
  }
}

const DEAF: StreamHandler = {
  message: () => {},
  ended: () => {},
  writable: () => {},
  cancelled: () => {},
}

/** A message that cannot be read ends the call in etcd's words. */
function careful(call: ServerCall, handler: StreamHandler): StreamHandler {
  return {
    message: (bytes, offset, length) => {
      try {
        handler.message(bytes, offset, length)
      } catch (error) {
        failThrown(call, error)
        handler.cancelled()
      }
    },
    ended: () => handler.ended(),
    writable: () => handler.writable(),
    cancelled: () => handler.cancelled(),
  }
}

/** Answers a call with what became of its command. */
export class WriteCall implements WriteWaiter {
  readonly #call: ServerCall
  readonly #group: GroupId
  readonly #answers: Answers

  constructor(call: ServerCall, group: GroupId, answers: Answers) {
    this.#call = call
    this.#group = group
    this.#answers = answers
  }

  settleWrite(outcome: WriteOutcome): void {
    if (outcome.kind === 'applied') {
      const { result } = outcome
      if (result.kind === 'done') this.#answers.send(this.#call, this.#group, result)
      else refuse(this.#call, result.code)
    } else if (outcome.kind === 'refused') {
      refuse(this.#call, outcome.code)
    } else {
      leaveOpen(this.#call, outcome.code)
    }
  }
}

/** Answers a call with what was read. */
export class ReadCall implements ReadWaiter {
  readonly #call: ServerCall
  readonly #group: GroupId
  readonly #answers: Answers

  constructor(call: ServerCall, group: GroupId, answers: Answers) {
    this.#call = call
    this.#group = group
    this.#answers = answers
  }

  get isGone(): boolean {
    return this.#call.isOver
  }

  settleRead(outcome: ReadOutcome): void {
    if (outcome.kind === 'done') this.#answers.send(this.#call, this.#group, outcome.result)
    else if (outcome.kind === 'refused') refuse(this.#call, outcome.code)
  }
}
