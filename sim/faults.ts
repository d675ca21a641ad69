/**
 * What can be done to a running cluster. Each function returns whether it did anything: the atlas,
 * or the state of the cluster, may forbid it.
 */

import { type Chance, KvError } from '../src/base/index.ts'
import type { Configuration, GroupId, NodeId } from '../src/raft/index.ts'
import { isJoint } from '../src/raft/index.ts'
import { COMMAND } from '../src/state/index.ts'
import { etcd } from '../src/wire/index.ts'
import { addressOf } from './frames.ts'
import { DATA_DIRECTORY, ENGINES, type Machine } from './machine.ts'
import type { Simulation } from './simulation.ts'
import { Violation } from './violation.ts'
import {
  asymmetric,
  bridge,
  chain,
  type Direction,
  type DiskImage,
  halves,
  isolateOne,
  type LifeEnd,
  ring,
  rotating,
  scattered,
  swapDirectories,
} from './world/index.ts'

/** Of a data file of bitcask. */
const FILE_HEAD = 64
/** So many at once that somebody soon comes upon one. */
const ROTTEN_VALUES = 8

/** The end of a snapshot's name until it is whole and durable. */
const BEING_WRITTEN = '.tmp'

function some<T>(values: readonly T[], chance: Chance): T | null {
  return values.length === 0 ? null : (values[chance.below(values.length)] as T)
}

function running(simulation: Simulation): Machine[] {
  return [...simulation.machines.values()].filter((machine) => machine.node !== null)
}

function alive(simulation: Simulation): Machine[] {
  return [...simulation.machines.values()].filter(
    (machine) => machine.state === 'up' || machine.state === 'starting',
  )
}

export function crashOne(simulation: Simulation, chance: Chance, end: LifeEnd): boolean {
  const machine = some(alive(simulation), chance)
  if (machine === null) return false
  machine.crash(end)
  simulation.restartLater(machine)
  return true
}

/** Cuts the power in the middle of a disk's work, most often while a snapshot is written. */
export function crashInWrite(simulation: Simulation, chance: Chance): boolean {
  const machine = some(alive(simulation), chance)
  if (machine === null) return false
  const { disk } = machine
  const suffix = chance.happens(0.7) ? BEING_WRITTEN : ''
  let left = 1 + chance.below(8)
  disk.onOperation = ({ path }) => {
    if (simulation.faulty) {
      if (path.endsWith(suffix)) left -= 1
      if (left > 0) return
      machine.crash('powerLost')
      simulation.restartLater(machine)
    }
    disk.onOperation = null
  }
  return true
}

export function crashAll(simulation: Simulation): boolean {
  for (const machine of simulation.machines.values()) {
    if (machine.state === 'refused') continue
    machine.crash('powerLost')
    simulation.restartLater(machine)
  }
  return true
}

export function pauseOne(simulation: Simulation, chance: Chance): boolean {
  const machine = some(running(simulation), chance)
  if (machine === null || machine.paused) return false
  machine.pause()
  const pauseMs = chance.happens(0.5) ? chance.below(200) : chance.below(3000)
  simulation.afterMs(pauseMs, () => machine.resume())
  return true
}

type Pattern = (addresses: readonly string[], leader: number, chance: Chance) => Direction[]

/** Ways to cut a cluster; `leader` is the place of the leader among the addresses. */
export const PATTERNS: Readonly<Record<string, Pattern>> = {
  isolateOne: (all, _leader, chance) => isolateOne(all, chance.below(all.length)),
  isolateLeader: (all, leader) => isolateOne(all, leader),
  halves: (all) => halves(all),
  bridge: (all, leader) => bridge(all, leader),
  ring: (all) => ring(all),
  chain: (all) => chain(all),
  deaf: (all, leader) => asymmetric(all, { index: leader, is: 'deaf' }),
  mute: (all, _leader, chance) => asymmetric(all, { index: chance.below(all.length), is: 'mute' }),
  scattered: (all, _leader, chance) => scattered(all, { chance, probability: 0.4 }),
}

export function partition(simulation: Simulation, chance: Chance): boolean {
  const addresses = shuffled([...simulation.machines.keys()], chance).map(addressOf)
  const group = some(simulation.groups, chance) as GroupId
  const leader = simulation.leader(group)
  const place = Math.max(0, leader === null ? 0 : addresses.indexOf(addressOf(leader.id)))
  if (chance.happens(0.15)) return rotate(simulation, addresses)
  const name = some(Object.keys(PATTERNS), chance) as string
  simulation.net.setCuts((PATTERNS[name] as Pattern)(addresses, place, chance))
  simulation.countFault(`partition: ${name}`)
  simulation.afterMs(50 + chance.below(4000), () => simulation.net.heal())
  // Somebody sees it and moves the leadership away: for a while there are two that lead.
  if (name === 'deaf' && chance.happens(0.5)) handOver(simulation, group, chance)
  return true
}

const ROTATE_MS = 300

function rotate(simulation: Simulation, addresses: readonly string[]): boolean {
  addresses.forEach((_address, step) => {
    simulation.afterMs(step * ROTATE_MS, () => simulation.net.setCuts(rotating(addresses, step)))
  })
  simulation.afterMs(addresses.length * ROTATE_MS, () => simulation.net.heal())
  simulation.countFault('partition: rotating')
  return true
}

function shuffled<T>(values: readonly T[], chance: Chance): T[] {
  return values
    .map((value) => ({ value, draw: chance.uint32() }))
    .sort((left, right) => left.draw - right.draw)
    .map(({ value }) => value)
}

function someLink(simulation: Simulation, chance: Chance): Direction | null {
  const [from, to] = shuffled([...simulation.machines.keys()], chance).map(addressOf)
  return from === undefined || to === undefined ? null : { from, to }
}

export function holdLink(simulation: Simulation, chance: Chance): boolean {
  const link = someLink(simulation, chance)
  if (link === null) return false
  simulation.net.hold(link)
  simulation.afterMs(chance.below(2000), () => simulation.net.release(link))
  return true
}

export function resetLink(simulation: Simulation, chance: Chance): boolean {
  const link = someLink(simulation, chance)
  if (link === null) return false
  simulation.net.reset(link.from, link.to)
  return true
}

export function transferOne(simulation: Simulation, chance: Chance): boolean {
  return handOver(simulation, some(simulation.groups, chance) as GroupId, chance)
}

function handOver(simulation: Simulation, group: GroupId, chance: Chance): boolean {
  const node = simulation.leader(group)?.node
  const voters = simulation.oracle.configuration(group).voters
  const target = some(voters, chance)
  if (node === null || node === undefined || target === null) return false
  return node.group(group).transfer(target)
}

export function campaignOne(simulation: Simulation, chance: Chance): boolean {
  const node = some(running(simulation), chance)?.node
  if (node === null || node === undefined) return false
  node.group(some(simulation.groups, chance) as GroupId).campaign()
  return true
}

/** Adds a learner, promotes one, demotes or removes a voter, or replaces several at once. */
export function changeMembers(simulation: Simulation, chance: Chance): boolean {
  const group = some(simulation.groups, chance) as GroupId
  const leader = simulation.leader(group)
  const node = leader?.node
  if (leader === null || node === null || node === undefined) return false
  const current = node.group(group).raft.configuration
  if (isJoint(current)) return false
  const target = drawMembers(simulation, chance, current)
  if (target === null || target.voters.length === 0) return false
  if (!simulation.atlas.allowMembers({ ...target, outgoing: current.voters })) return false
  try {
    node.group(group).proposeMembership(target)
    const kept = new Set([...target.voters, ...target.learners])
    for (const id of [...current.voters, ...current.learners]) {
      if (!kept.has(id)) simulation.left.add(id)
    }
    if (chance.happens(0.4)) cutApart(simulation, chance, leader)
    return true
  } catch (error) {
    if (!(error instanceof KvError)) throw error
    simulation.countFault(`membership refused: ${error.code}`)
    return false
  }
}

/** Few or none hear of what this one says now, and the others may go on without it. */
function cutApart(simulation: Simulation, chance: Chance, machine: Machine): void {
  const ids = [...simulation.machines.keys()]
  const near = new Set(ids.filter((id) => id === machine.id || chance.happens(0.4)))
  const cuts = ids.flatMap((from) =>
    ids
      .filter((to) => near.has(from) !== near.has(to))
      .map((to) => ({ from: addressOf(from), to: addressOf(to) })),
  )
  simulation.net.cut(...cuts)
  simulation.afterMs(50 + chance.below(2000), () => simulation.net.heal(...cuts))
}

function drawMembers(
  simulation: Simulation,
  chance: Chance,
  { voters, learners }: Configuration,
): { voters: NodeId[]; learners: NodeId[] } | null {
  const outside = [...simulation.machines.keys()].filter(
    (id) => !voters.includes(id) && !learners.includes(id) && !simulation.left.has(id),
  )
  switch (chance.below(6)) {
    case 0: {
      const joiner = some(outside, chance)
      return joiner === null ? null : { voters: [...voters], learners: [...learners, joiner] }
    }
    case 1: {
      const learner = some(learners, chance)
      if (learner === null) return null
      return { voters: [...voters, learner], learners: learners.filter((id) => id !== learner) }
    }
    case 2: {
      const voter = some(voters, chance)
      return {
        voters: voters.filter((id) => id !== voter),
        learners: [...learners, voter as NodeId],
      }
    }
    case 3: {
      const joiner = some(outside, chance)
      return joiner === null ? null : { voters: [...voters, joiner], learners: [...learners] }
    }
    case 4: {
      // Learners take the places of as many voters in one step.
      const kept = voters.filter(() => chance.happens(0.6))
      const demoted = voters.filter((id) => !kept.includes(id))
      return { voters: [...kept, ...learners], learners: demoted }
    }
    default:
      return withoutOne(chance, { voters, learners })
  }
}

function withoutOne(
  chance: Chance,
  { voters, learners }: { voters: readonly NodeId[]; learners: readonly NodeId[] },
): { voters: NodeId[]; learners: NodeId[] } | null {
  if (voters.length + learners.length < 3 || chance.happens(0.7)) return null
  const gone = some([...voters, ...learners], chance)
  if (gone === null) return null
  return {
    voters: voters.filter((id) => id !== gone),
    learners: learners.filter((id) => id !== gone),
  }
}

export function stepClock(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  machine.clock.skew((chance.below(2000) / 1000 - 1) * 3_600_000)
  machine.clock.setDrift((chance.below(2000) / 1000 - 1) * simulation.config.driftMax)
  return true
}

export function slowDisk(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  machine.disk.setFaults({ slowerPerMinute: chance.happens(0.5) ? 0 : chance.below(200) })
  return true
}

export function stallDisk(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  machine.disk.stall(chance.below(1500))
  return true
}

/** A machine whose disk is behind the same switch as its network: both are gone, and come back. */
export function cutOff(simulation: Simulation, chance: Chance): boolean {
  const leader = simulation.leader(some(simulation.groups, chance) as GroupId)
  const machine = chance.happens(0.5) ? leader : some(running(simulation), chance)
  if (machine === null) return false
  const address = addressOf(machine.id)
  const lengthMs = 100 + chance.below(1500)
  simulation.net.isolate(address)
  simulation.afterMs(lengthMs, () => simulation.net.rejoin(address))
  machine.disk.stall(lengthMs + chance.below(500))
  return true
}

export function fillDisk(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  machine.disk.setCapacity(machine.disk.usedBytes + chance.below(20_000))
  simulation.afterMs(chance.below(3000), () => {
    machine.disk.setCapacity(Number.POSITIVE_INFINITY)
  })
  return true
}

export function failDisk(
  simulation: Simulation,
  chance: Chance,
  operation: 'sync' | 'write',
): boolean {
  const machine = some(running(simulation), chance)
  if (machine === null) return false
  machine.disk.failNext(operation)
  return true
}

/**
 * An old segment of the log. The newest ones are left alone: damage in a batch that nothing later
 * on the disk proves to have been synced looks like a torn write, and no log can tell the two apart
 * (docs/decision).
 */
function oldSegment(machine: Machine, chance: Chance): { path: string; size: number } | null {
  const segments = [...machine.disk.files('durable')]
    .filter(([path]) => /\/\d+\.log$/.test(path))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .slice(0, -2)
  const segment = some(segments, chance)
  return segment === null || segment[1] === 0 ? null : { path: segment[0], size: segment[1] }
}

export function rotLog(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  const segment = machine === null ? null : oldSegment(machine, chance)
  if (machine === null || segment === null || !simulation.atlas.takeDamage(machine)) return false
  const length = chance.happens(0.7) ? 1 : 700
  machine.disk.rot(segment.path, chance.below(segment.size), { length })
  return true
}

/** Sound bytes of the log, but at another place of it. */
export function misdirectWrite(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  const source = machine === null ? null : oldSegment(machine, chance)
  const target = machine === null ? null : oldSegment(machine, chance)
  if (machine === null || source === null || target === null) return false
  if (!simulation.atlas.takeDamage(machine)) return false
  const bytes = machine.disk.bytesOf(source.path, 'durable') ?? new Uint8Array(0)
  const sector = (size: number): number => 512 * chance.below(Math.max(1, Math.floor(size / 512)))
  const from = sector(source.size)
  const length = 512 * (1 + chance.below(8))
  machine.disk.damage(target.path, sector(target.size), { bytes: bytes.slice(from, from + length) })
  return true
}

export function rotSnapshot(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  const file = some(
    [...machine.disk.files('durable')].filter(([path]) => path.endsWith('.snap')),
    chance,
  )
  if (file === null || file[1] === 0 || !simulation.atlas.takeDamage(machine)) return false
  machine.disk.rot(file[0], chance.below(file[1]))
  return true
}

/** A file of an engine: the log can be sound while what it leads to is not. */
export function rotEngine(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  const files = [...machine.disk.files('durable')].filter(([path]) => path.startsWith(ENGINES))
  const file = some(files, chance)
  if (file === null || file[1] === 0 || !simulation.atlas.takeDamage(machine)) return false
  machine.disk.rot(file[0], chance.below(file[1]))
  return true
}

/** Values in a data file of bitcask: no start sees it, only whoever reads them. */
export function rotValue(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  const isData = (path: string): boolean => path.startsWith(ENGINES) && path.endsWith('.data')
  const file = some(
    [...machine.disk.files('durable')].filter(([path, size]) => isData(path) && size > FILE_HEAD),
    chance,
  )
  if (file === null || !simulation.atlas.takeDamage(machine)) return false
  const [path, size] = file
  for (let i = 0; i < ROTTEN_VALUES; i++) {
    machine.disk.rot(path, FILE_HEAD + chance.below(size - FILE_HEAD))
  }
  return true
}

/** As etcd's `MoveLeader`: asked of the node, which waits until somebody else leads. */
export function moveLeader(simulation: Simulation, chance: Chance): boolean {
  const group = some(simulation.groups, chance) as GroupId
  const machine = chance.happens(0.8) ? simulation.leader(group) : some(running(simulation), chance)
  const node = machine?.node
  const target = some(simulation.oracle.configuration(group).voters, chance)
  if (machine === null || node === null || node === undefined || target === null) return false
  node.moveLeader(group, target).then(
    () => simulation.countFault('leader moved'),
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      if (error instanceof KvError) simulation.countFault(`leader not moved: ${error.code}`)
      else simulation.violate(new Violation('crash', `node ${machine.id}: ${text}`))
    },
  )
  return true
}

/** What an operator does about a full store: the alarms go off, and come again if it stays full. */
export function disarm(simulation: Simulation, chance: Chance): boolean {
  const group = some(simulation.groups, chance) as GroupId
  const node = some(running(simulation), chance)?.node
  const alarms = node?.group(group).machine.alarms ?? []
  if (node === null || node === undefined || alarms.length === 0) return false
  for (const { memberId, type } of alarms) {
    const { DEACTIVATE } = etcd.AlarmRequestAlarmAction
    const request = { action: DEACTIVATE, memberID: memberId, alarm: type }
    const body = etcd.AlarmRequest.encodeBytes(request)
    node.write(group, { kind: COMMAND.alarm, body }, { settleWrite: () => {} })
  }
  return true
}

export function wipeOne(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null || !simulation.atlas.takeDamage(machine)) return false
  machine.crash('powerLost')
  machine.disk.wipe(DATA_DIRECTORY)
  simulation.restartLater(machine)
  return true
}

export function copyDisk(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  if (machine === null) return false
  simulation.copies.set(machine.id, {
    image: machine.disk.copyOf(DATA_DIRECTORY),
    lives: machine.lives,
  })
  return true
}

export interface KeptCopy {
  readonly image: DiskImage
  readonly lives: number
}

export function restoreOldCopy(simulation: Simulation, chance: Chance): boolean {
  const machine = some([...simulation.machines.values()], chance)
  const copy = machine === null ? undefined : simulation.copies.get(machine.id)
  if (machine === null || copy === undefined) return copyDisk(simulation, chance)
  if (!simulation.atlas.takeDamage(machine)) return false
  machine.crash('powerLost')
  machine.disk.restore(DATA_DIRECTORY, copy.image)
  simulation.copies.delete(machine.id)
  simulation.restartLater(machine)
  return true
}

export function swapDisks(simulation: Simulation, chance: Chance): boolean {
  const [first, second] = shuffled([...simulation.machines.values()], chance)
  if (first === undefined || second === undefined) return false
  if (!simulation.atlas.takeDamage(first) || !simulation.atlas.takeDamage(second)) return false
  first.crash('powerLost')
  second.crash('powerLost')
  swapDirectories(
    { disk: first.disk, path: DATA_DIRECTORY },
    { disk: second.disk, path: DATA_DIRECTORY },
  )
  simulation.restartLater(first)
  simulation.restartLater(second)
  return true
}
