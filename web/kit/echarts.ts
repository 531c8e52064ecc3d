import { LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'

use([ScatterChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, LabelLayout, SVGRenderer])

export { init }
