/** How fast the simulator is: 5 nodes, one client operation every 10 ms, nothing going wrong. */

import { SeededChance } from '../src/base/index.ts'
import { GROUP_LIMITS } from '../src/group/index.ts'
import { RAFT_TUNING } from '../src/raft/index.ts'
import { drawConfig, type SimulationConfig } from './config.ts'
import { Simulation } from './simulation.ts'

/** As in production, but for the segment, which would be most of a simulated disk's memory. */
const LOG_LIMITS = {
  segmentBytes: 1_048_576,
  batchBytesMax: 1_048_576,
  cacheBytesMax: 4_194_304,
  alignmentBytes: 512,
}

const SIMULATED_MS = 600_000
/** A campaign runs thousands of seeds in code that is compiled by then. */
const WARM_UP_MS = 60_000
const CLIENTS = 4

export interface Speed {
  readonly text: string
  readonly figures: {
    readonly clusterMinutesPerCpuMinute: number
    readonly eventsPerCpuSecond: number
    readonly operations: number
  }
}

export async function measureSpeed(): Promise<Speed> {
  const simulation = new Simulation({ seed: 1, config: speedConfig() })
  simulation.startAll()
  await simulation.run(WARM_UP_MS)
  const before = process.threadCpuUsage()
  const eventsBefore = simulation.world.events
  const operationsBefore = simulation.workload?.operations.length ?? 0
  await simulation.run(SIMULATED_MS)
  const { user, system } = process.threadCpuUsage(before)
  const cpuMs = (user + system) / 1000
  const operations = (simulation.workload?.operations.length ?? 0) - operationsBefore
  const ratio = SIMULATED_MS / cpuMs
  const eventsPerCpuSecond = ((simulation.world.events - eventsBefore) / cpuMs) * 1000
  return {
    text:
      `speed: ${ratio.toFixed(0)} simulated cluster-minutes for each CPU-minute ` +
      `(5 nodes, ${(operations / (SIMULATED_MS / 1000)).toFixed(0)} operations a second, ` +
      `${Math.round(eventsPerCpuSecond)} events a CPU-second)`,
    figures: { clusterMinutesPerCpuMinute: ratio, eventsPerCpuSecond, operations },
  }
}

function speedConfig(): SimulationConfig {
  const drawn = drawConfig(new SeededChance(1, 'config'), 1, { profile: 'calm' })
  return {
    ...drawn,
    voters: 5,
    learners: 0,
    spares: 0,
    groups: 2,
    engine: 'memory',
    watchers: 1,
    clients: CLIENTS,
    // Each operation itself takes about a millisecond.
    thinkMs: CLIENTS * 10 - 1,
    timeoutMs: 5000,
    codecProbability: 0,
    tuning: RAFT_TUNING,
    groupLimits: GROUP_LIMITS,
    logLimits: { ...drawn.logLimits, ...LOG_LIMITS },
    network: { ...drawn.network, delayUs: [50, 500] },
  }
}
