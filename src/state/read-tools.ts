import { AnswerWriter } from './answer-writer.ts'
import type { RecordStore } from './types.ts'
import { type Pace, Work } from './work.ts'

/** What one read at a time works with. */
export class ReadTools {
  readonly answer = new AnswerWriter()
  readonly work: Work

  constructor(records: RecordStore, pace: Pace) {
    this.work = new Work(records, pace, { keepsAll: false })
  }
}
