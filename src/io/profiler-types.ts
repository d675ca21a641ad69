/** Looks into the process it runs in. One question at a time. */
export interface Profiler {
  /**
   * What the processor was busy with for so long, as the JSON of a `.cpuprofile`. Fails with
   * `OVERLOADED` while another question is under way.
   */
  cpuProfile(durationMs: number): Promise<string>
  /**
   * What is on the heap, as the JSON of a `.heapsnapshot`, in pieces; everything stands still while
   * they are made. Fails with `OVERLOADED` while
   * another question is under way.
   */
  heapSnapshot(piece: (text: string) => void): Promise<void>
}
