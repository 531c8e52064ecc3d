export { type BusinessSettings, businessSettings } from './business.ts'
export { type Settings, settingsOn } from './settings.ts'
