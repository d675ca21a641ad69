import type { Reach } from '../../../server/index.ts'

/** What a node sees that is left alone by both others. */
export const TWO_OF_THREE_LOST: Reach = {
  hasMajority: false,
  members: [
    { id: 1, name: 'one', peerUrls: ['http://10.0.0.1:9001'], isReached: true },
    { id: 2, name: 'two', peerUrls: ['http://10.0.0.2:9001'], isReached: false },
    { id: 3, name: '', peerUrls: [], isReached: false },
  ],
}
export const LOST_TEXT =
  'no majority of the members answers: one (this node) answers, ' +
  'two (http://10.0.0.2:9001) and member 3 do not; 2 of 3 are needed'
