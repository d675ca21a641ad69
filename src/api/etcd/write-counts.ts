import type { WriteOutcome } from '../../server/index.ts'

/** What clients have asked this node to write. */
export class WriteCounts {
  /** Under way. */
  pending = 0
  /** Refused, or of an outcome that nobody knows. */
  failed = 0

  begun(): void {
    this.pending += 1
  }

  settled({ kind }: WriteOutcome): void {
    this.pending -= 1
    if (kind !== 'applied') this.failed += 1
  }
}
