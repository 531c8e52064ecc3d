import {
  BedDouble,
  CakeSlice,
  Car,
  Coffee,
  CupSoda,
  Flower2,
  Gift,
  Heart,
  Leaf,
  type LucideIcon,
  Package,
  Percent,
  ShoppingBag,
  Sparkles,
  Tag,
  Ticket,
  Utensils,
} from 'lucide-react'
import type { Icon } from './contract.ts'

const drawn: Readonly<Record<Icon, LucideIcon>> = {
  gift: Gift,
  leaf: Leaf,
  coffee: Coffee,
  drink: CupSoda,
  cake: CakeSlice,
  meal: Utensils,
  ticket: Ticket,
  tag: Tag,
  percent: Percent,
  bag: ShoppingBag,
  sparkles: Sparkles,
  bed: BedDouble,
  car: Car,
  parcel: Package,
  flower: Flower2,
  heart: Heart,
}

/** What stands for a reward: drawn, not a letter, so that it looks the same on every machine. */
export function RewardIcon({ icon, size = 22 }: { icon: Icon; size?: number }) {
  const Drawn = drawn[icon]
  return <Drawn size={size} strokeWidth={1.6} aria-hidden />
}
