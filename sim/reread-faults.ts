/**
 * Faults that show only when something is read a second time: records of the log that rot behind
 * what has been written since, and names that a crash takes back although others went by them.
 */

import { type Chance, KvError } from '../src/base/index.ts'
import { type InspectedRecord, inspectLog } from '../src/log/index.ts'
import { MemoryDisk } from '../src/log/testing/index.ts'
import { addressOf } from './frames.ts'
import { DATA_DIRECTORY, type Machine } from './machine.ts'
import type { Simulation } from './simulation.ts'

/** Of a record of the log (docs/format/log.md). */
const RECORD_HEADER_BYTES = 72
const SEGMENT = /\/\d+\.log$/
/** Between the name of a snapshot and the end of its installation there are about so many. */
const OPERATIONS_MAX = 24

function some<T>(values: readonly T[], chance: Chance): T | null {
  return values.length === 0 ? null : (values[chance.below(values.length)] as T)
}

/**
 * One record rots, and is soon read again: the machine restarts, or somebody has missed so much
 * that it must be read from the disk for them.
 */
export async function rotRecord(simulation: Simulation, chance: Chance): Promise<boolean> {
  const machine = drawMachine(simulation, chance)
  const record = drawRecord(await provenRecords(machine), chance)
  if (record === null || !simulation.atlas.takeDamage(machine)) return false
  const { file, offset, bytes } = record
  const isPayload = bytes > 0 && chance.happens(0.8)
  const at = isPayload
    ? RECORD_HEADER_BYTES + chance.below(bytes)
    : chance.below(RECORD_HEADER_BYTES)
  machine.disk.rot(file, offset + at)
  simulation.countFault(`rotten record: ${record.kind ?? record.type}`)
  if (chance.happens(0.6)) {
    machine.crash(chance.happens(0.5) ? 'killed' : 'powerLost')
    simulation.restartLater(machine)
  } else leaveBehind(simulation, chance, machine)
  return true
}

function drawMachine(simulation: Simulation, chance: Chance): Machine {
  const machines = [...simulation.machines.values()]
  const leader = simulation.leader(some(simulation.groups, chance) as number)
  return leader !== null && chance.happens(0.3) ? leader : (some(machines, chance) as Machine)
}

/**
 * The records that something later on the medium proves to have been durable. The last batch looks
 * like a torn write when it is damaged, and no log can tell the two apart (docs/decision/0010).
 */
export async function provenRecords(machine: Machine): Promise<InspectedRecord[]> {
  const disk = new MemoryDisk()
  for (const path of machine.disk.files('durable').keys()) {
    const bytes = SEGMENT.test(path) ? machine.disk.bytesOf(path, 'durable') : null
    if (bytes !== null) disk.files.set(path, { bytes })
  }
  const records: InspectedRecord[] = []
  const onRecord = (record: InspectedRecord): void => void records.push(record)
  try {
    const { groups } = await inspectLog({ disk, directory: DATA_DIRECTORY, onRecord })
    const last = Math.max(0, ...records.map(({ batch }) => batch))
    return records.filter(({ type, group, index, batch, damaged }) => {
      const isCut = type === 'entry' && index <= (groups.get(group)?.snapshot?.index ?? 0)
      return batch < last && !damaged && !isCut
    })
  } catch (error) {
    // There is none yet, or nothing of it can be read any more.
    if (error instanceof KvError) return []
    throw error
  }
}

/** Of any kind alike: most records are commands, and few are read back as seldom as members are. */
function drawRecord(records: readonly InspectedRecord[], chance: Chance): InspectedRecord | null {
  const kinds = [...new Set(records.map(({ type, kind }) => kind ?? type))].sort()
  const wanted = chance.happens(0.5) ? 'command' : some(kinds, chance)
  const fitting = records.filter(({ type, kind }) => (kind ?? type) === wanted)
  return some(fitting, chance)
}

/** Somebody else comes back to entries that are no longer in anybody's memory. */
function leaveBehind(simulation: Simulation, chance: Chance, rotten: Machine): void {
  const others = [...simulation.machines.values()].filter((machine) => machine !== rotten)
  const late = some(others, chance)
  if (late === null) return
  const address = addressOf(late.id)
  simulation.net.isolate(address)
  simulation.afterMs(300 + chance.below(2000), () => simulation.net.rejoin(address))
}

/**
 * Power fails soon after a file got its name, most often that of a snapshot: before its directory
 * is synced, or after, when it must be there.
 */
export function powerLossAfterName(simulation: Simulation, chance: Chance): boolean {
  const alive = [...simulation.machines.values()].filter(({ life }) => life !== null)
  const machine = some(alive, chance)
  if (machine === null) return false
  const { disk } = machine
  const wanted = chance.happens(0.7) ? '.snap' : ''
  let isNamed = false
  let left = 1 + chance.below(OPERATIONS_MAX)
  disk.onOperation = ({ operation, path, phase }) => {
    if (simulation.faulty) {
      isNamed ||= operation === 'rename' && phase === 'done' && path.includes(wanted)
      if (isNamed) left -= 1
      if (left > 0) return
      machine.crash('powerLost')
      simulation.restartLater(machine)
      simulation.countFault('power lost after a name')
    }
    disk.onOperation = null
  }
  return true
}
