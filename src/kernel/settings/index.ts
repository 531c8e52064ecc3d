export { type BusinessSettings, businessSettings, type Settings } from './contract.ts'
