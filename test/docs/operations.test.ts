import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/operations.md')
