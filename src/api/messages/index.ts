/**
 * messages: what every door does with the messages of etcd and of the state. A request is looked
 * through as the bytes it came as, and told where it goes; an answer is the header of this node and
 * the body as the state has made it; what a request alone tells of its failure is said here for
 * those doors that have words of their own.
 *
 * Invariants: a request that can be refused without looking at the store never reaches the log;
 * what goes there are the bytes of the client, unless something in them is for the door to choose.
 * Not here: what a request does (`state`), codes and forms of failures (each door).
 */
export { type Answered, Answers } from './answers.ts'
export {
  failureWords,
  overLimit,
  type Subject,
  sizeWords,
  txnSizeWords,
} from './failure-words.ts'
export { grantRequest } from './lease-grant.ts'
export { type MajorityLoss, majorityLoss } from './majority-loss.ts'
export { RangeFacts } from './range-facts.ts'
export { type Admitted, type RequestName, Requests, type RequestsParts } from './requests.ts'
