import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/recovery.md')
