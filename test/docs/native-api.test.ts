import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/reference/native-api.md')
