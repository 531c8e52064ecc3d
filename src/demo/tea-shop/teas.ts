/** When a product is on the shelf; without one it always is. */
export type Season = 'spring' | 'summer' | 'mid-autumn' | 'new-year'

export interface Tea {
  readonly sku: string
  readonly name: string
  readonly category: string
  /** Price of one pack, cup or piece, in fen. */
  readonly priceMinor: number
  /** How often it is asked for, beside the others of its shelf. */
  readonly demand: number
  readonly season?: Season
}

type Entry = readonly [chinese: string, english: string, yuan: number, demand: number, season?: Season]

const shelves: readonly (readonly [code: string, category: string, entries: readonly Entry[]])[] = [
  [
    'GR',
    '绿茶 Green tea',
    [
      ['明前龙井', 'Longjing, first pick', 168, 3, 'spring'],
      ['雨前龙井', 'Longjing, before the rains', 98, 4],
      ['碧螺春', 'Biluochun', 118, 3],
      ['蒙顶甘露', 'Mengding Ganlu', 88, 5],
      ['竹叶青', 'Zhuyeqing', 128, 4],
      ['黄山毛峰', 'Huangshan Maofeng', 76, 3],
      ['太平猴魁', 'Taiping Houkui', 145, 1],
    ],
  ],
  [
    'BL',
    '红茶 Black tea',
    [
      ['正山小种', 'Lapsang Souchong', 86, 4],
      ['金骏眉', 'Jin Jun Mei', 198, 2],
      ['祁门红茶', 'Keemun', 72, 4],
      ['滇红金芽', 'Yunnan golden buds', 92, 3],
      ['川红工夫', 'Sichuan Gongfu', 58, 5],
    ],
  ],
  [
    'OO',
    '乌龙 Oolong',
    [
      ['铁观音', 'Tieguanyin', 82, 5],
      ['大红袍', 'Da Hong Pao', 156, 3],
      ['凤凰单丛', 'Phoenix Dancong', 128, 3],
      ['冻顶乌龙', 'Dongding', 98, 3],
      ['东方美人', 'Oriental Beauty', 168, 1],
    ],
  ],
  [
    'PU',
    '普洱 Pu’er',
    [
      ['熟普小沱', 'Ripe mini tuo', 48, 5],
      ['古树生普', 'Raw, old trees', 188, 2],
      ['七子饼', 'Seven-sons cake', 260, 1],
      ['小青柑', 'Tangerine pu’er', 68, 4],
    ],
  ],
  [
    'WH',
    '白茶 White tea',
    [
      ['白毫银针', 'Silver needle', 158, 2],
      ['白牡丹', 'White peony', 88, 4],
      ['老寿眉', 'Aged Shoumei', 66, 4],
    ],
  ],
  [
    'FL',
    '花茶 Scented tea',
    [
      ['茉莉龙珠', 'Jasmine pearls', 78, 6],
      ['碧潭飘雪', 'Bitan Piaoxue jasmine', 96, 6],
      ['桂花乌龙', 'Osmanthus oolong', 72, 4],
      ['玫瑰红茶', 'Rose black tea', 58, 4],
      ['菊花枸杞', 'Chrysanthemum and goji', 38, 5],
    ],
  ],
  [
    'CU',
    '现泡 By the cup',
    [
      ['盖碗茉莉', 'Gaiwan of jasmine', 28, 9],
      ['功夫茶席', 'Gongfu table for two', 88, 3],
      ['冷泡乌龙', 'Cold-brewed oolong', 22, 6, 'summer'],
      ['桂花糕', 'Osmanthus cake', 18, 6],
      ['瓜子花生', 'Seeds and peanuts', 12, 5],
    ],
  ],
  [
    'WA',
    '茶具 Teaware',
    [
      ['白瓷盖碗', 'White porcelain gaiwan', 128, 3],
      ['公道杯', 'Sharing pitcher', 68, 2],
      ['紫砂壶', 'Yixing pot', 580, 1],
      ['竹茶则', 'Bamboo scoop', 26, 2],
    ],
  ],
  [
    'GI',
    '节令 Seasonal gifts',
    [
      ['茶香月饼礼盒', 'Tea mooncake box', 268, 8, 'mid-autumn'],
      ['中秋赏月茶礼', 'Moon-gazing tea set', 398, 3, 'mid-autumn'],
      ['新春茶礼', 'New Year tea gift', 328, 7, 'new-year'],
      ['福字红茶罐', 'Fortune caddy of black tea', 168, 5, 'new-year'],
    ],
  ],
]

/** The shelves of the tea shop, each name in both languages: the reader of either finds the tea. */
export const teas: readonly Tea[] = shelves.flatMap(([code, category, entries]) =>
  entries.map(([chinese, english, yuan, demand, season], index) => ({
    sku: `${code}-${String(index + 1).padStart(2, '0')}`,
    name: `${chinese} ${english}`,
    category,
    priceMinor: yuan * 100,
    demand,
    ...(season && { season }),
  })),
)
