/**
 * How quickly a cluster acts on silence, by name. docs/decision/0080-timing-profiles.md says why
 * each number is what it is.
 */

import type { TimingConfig } from './node-config.ts'

export type ProfileName = 'fast' | 'standard' | 'wan'

export const PROFILE_NAMES = ['standard', 'fast', 'wan'] as const

export const TIMING_PROFILES: Readonly<Record<ProfileName, TimingConfig>> = {
  // Machines with processors of their own, in one room: a leader whose machine vanishes is missed
  // after 150 to 300 ms. One that is slow for as long is taken for gone, too.
  fast: {
    tickMs: 5,
    heartbeatTicks: 4,
    electionTicks: 30,
    retryTicks: 8,
    droppedTicks: 3,
    pingMs: 200,
  },
  // Machines that share processors, in one region.
  standard: {
    tickMs: 10,
    heartbeatTicks: 5,
    electionTicks: 50,
    retryTicks: 10,
    droppedTicks: 3,
    pingMs: 200,
  },
  // Regions that are up to 350 ms there and back apart. Two who miss the same leader draw far
  // enough apart that the first is heard before the second begins.
  wan: {
    tickMs: 10,
    heartbeatTicks: 30,
    electionTicks: 300,
    retryTicks: 80,
    droppedTicks: 80,
    pingMs: 600,
  },
}
