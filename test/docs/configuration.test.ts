import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/configuration.md')
