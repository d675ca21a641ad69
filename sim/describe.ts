/** The state of every replica in a line each, for the text of a violation. */

import type { Simulation } from './simulation.ts'

export function describe(simulation: Simulation): string {
  const lines: string[] = []
  for (const machine of simulation.machines.values()) {
    for (const group of simulation.groups) {
      const raft = machine.node?.group(group).raft
      const state =
        raft === undefined
          ? machine.state
          : `${raft.role} term ${raft.term} commit ${raft.commit} last ${raft.lastIndex}` +
            ` base ${raft.baseIndex} applied ${machine.stateMachine(group)?.appliedIndex}` +
            `${raft.recovering ? ' recovering' : ''}${machine.paused ? ' paused' : ''}` +
            ` voters ${raft.configuration.voters}/${raft.configuration.outgoing}` +
            ` peers ${raft.peers.map((p) => `${p.id}:${p.state}:${p.match}/${p.next}`)}`
      lines.push(`node ${machine.id} group ${group}: ${state}`)
    }
  }
  return `\n${lines.join('\n')}`
}
