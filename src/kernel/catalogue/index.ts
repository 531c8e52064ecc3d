export { type Product, productNames, upsertProducts } from './products.ts'
