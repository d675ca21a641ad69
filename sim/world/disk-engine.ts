import { DiskError } from '../../src/io/index.ts'
import { DISK_OPERATIONS, type DiskOperation, type DiskTiming, type Span } from './disk-config.ts'
import type { DiskFaultInjector } from './disk-faults.ts'
import type { Life } from './life.ts'
import type { World } from './world.ts'

/** One call of a process on its way through the disk. */
export interface DiskWork<T> {
  readonly operation: DiskOperation
  readonly path: string
  /** For the time it takes. */
  readonly bytes: number
  /** The write returns only when it is on the medium. */
  readonly durable?: boolean
  /** What happens on the disk, at the moment it completes; may throw a `DiskError`. */
  readonly effect: () => T
  /** What happens instead when the process ends in the middle of it. */
  readonly interrupted?: () => void
  /** Called after the effect, before the process learns of it; not after an interruption. */
  readonly finished?: () => void
}

export interface OperationMoment {
  /** Counts the operations of this disk from 1. */
  readonly number: number
  readonly operation: DiskOperation
  readonly path: string
  /** Under way, or done but unknown to the process. */
  readonly phase: 'started' | 'done'
}

interface Running<T> {
  readonly work: DiskWork<T>
  readonly number: number
  readonly life: Life
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
  interruptedAlready: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: operations of all result types run side by side.
type AnyRunning = Running<any>

/** Gives every operation its time, its holds and its end; effects happen on completion. */
export class DiskEngine {
  readonly #world: World
  readonly #injector: DiskFaultInjector
  readonly #timing: DiskTiming
  readonly #running = new Set<AnyRunning>()
  readonly #held = new Map<DiskOperation, AnyRunning[]>()
  readonly #diskNumber: number
  readonly #startUs: number
  #stalledUntilUs = 0
  #operations = 0
  onOperation: ((moment: OperationMoment) => void) | null = null

  constructor(world: World, { injector, timing, diskNumber }: DiskEngineOptions) {
    this.#world = world
    this.#injector = injector
    this.#timing = timing
    this.#diskNumber = diskNumber
    this.#startUs = world.nowUs
  }

  get operations(): number {
    return this.#operations
  }

  perform<T>(life: Life, work: DiskWork<T>): Promise<T> {
    if (life.ended) return life.never()
    return new Promise<T>((resolve, reject) => {
      this.#operations += 1
      const number = this.#operations
      const running = { work, number, life, resolve, reject, interruptedAlready: false }
      this.#running.add(running)
      this.#tell(running, 'started')
      if (!running.interruptedAlready) this.#start(running)
    })
  }

  /** The process is gone: each of its operations happened, did not, or stopped in the middle. */
  interrupt(life: Life): void {
    for (const running of [...this.#running]) {
      if (running.life !== life) continue
      this.#running.delete(running)
      running.interruptedAlready = true
      const outcome = this.#injector.chance.below(3)
      if (outcome === 1) this.#attempt(running)
      if (outcome === 2) running.work.interrupted?.()
    }
  }

  /** Operations of this kind start but do not complete until released. */
  hold(operation: DiskOperation): void {
    if (!this.#held.has(operation)) this.#held.set(operation, [])
  }

  release(operation: DiskOperation): void {
    const waiting = this.#held.get(operation) ?? []
    this.#held.delete(operation)
    for (const running of waiting) if (!running.interruptedAlready) this.#schedule(running)
  }

  releaseAll(): void {
    for (const operation of DISK_OPERATIONS) this.release(operation)
  }

  stall(durationMs: number): void {
    const until = this.#world.nowUs + durationMs * 1000
    this.#stalledUntilUs = Math.max(this.#stalledUntilUs, until)
    this.#injector.note('stall', { path: '/', offset: 0, length: 0 })
  }

  /** How many operations are under way. */
  get running(): number {
    return this.#running.size
  }

  #start(running: AnyRunning): void {
    const held = this.#held.get(running.work.operation)
    if (held === undefined) {
      this.#schedule(running)
      return
    }
    held.push(running)
    this.#injector.note('heldOperation', { path: running.work.path, offset: 0, length: 0 })
  }

  #schedule(running: AnyRunning): void {
    // Under no life: a disk goes on while a process is paused.
    this.#world.schedule(this.#durationUs(running), null, () => this.#complete(running))
  }

  #complete(running: AnyRunning): void {
    if (running.interruptedAlready) return
    this.#running.delete(running)
    const { work } = running
    this.#world.trace(this.#diskNumber, DISK_OPERATIONS.indexOf(work.operation), running.number)
    const { error, value } = this.#attempt(running)
    work.finished?.()
    this.#tell(running, 'done')
    running.life.deliver(() => {
      if (error === null) running.resolve(value)
      else running.reject(error)
    })
  }

  #attempt(running: AnyRunning): { error: DiskError | null; value: unknown } {
    try {
      return { error: null, value: running.work.effect() }
    } catch (error) {
      if (error instanceof DiskError) return { error, value: undefined }
      throw error
    }
  }

  #tell({ number, work }: AnyRunning, phase: 'started' | 'done'): void {
    const { operation, path } = work
    this.onOperation?.({ number, operation, path, phase })
  }

  #durationUs({ work }: AnyRunning): number {
    const { stall, slowerPerMinute } = this.#injector.faults
    const place = () => ({ path: work.path, offset: 0, length: work.bytes })
    if (this.#injector.strikes('stall', stall, place)) {
      const [min, max] = this.#timing.stallMs
      const lengthUs = (min + this.#injector.chance.below(max - min + 1)) * 1000
      this.#stalledUntilUs = Math.max(this.#stalledUntilUs, this.#world.nowUs + lengthUs)
    }
    const minutes = (this.#world.nowUs - this.#startUs) / 60e6
    const waitUs = Math.max(0, this.#stalledUntilUs - this.#world.nowUs)
    return waitUs + this.#plainDurationUs(work) * (1 + slowerPerMinute * minutes)
  }

  #plainDurationUs({ operation, bytes, durable }: DiskWork<unknown>): number {
    const { readUs, writeUs, syncUs, nameUs, perKibUs } = this.#timing
    const transferUs = (bytes / 1024) * perKibUs
    switch (operation) {
      case 'read':
      case 'size':
      case 'close':
      case 'unlock':
        return this.#draw(readUs) + transferUs
      case 'write':
        return this.#draw(writeUs) + (durable === true ? this.#draw(syncUs) : 0) + transferUs
      case 'sync':
      case 'syncDirectory':
        return this.#draw(syncUs)
      default:
        return this.#draw(nameUs)
    }
  }

  #draw([min, max]: Span): number {
    return min + this.#injector.chance.below(max - min + 1)
  }
}

export interface DiskEngineOptions {
  readonly injector: DiskFaultInjector
  readonly timing: DiskTiming
  /** Tells the disks apart in the trace. */
  readonly diskNumber: number
}
