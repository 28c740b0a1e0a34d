// Draws each plot of the page from the data beside it: central values, the band around them, and a second curve where
// there is one. `names` are those of the two; without them they are a median and what was fitted to it. `loads` are the
// values of x that were measured, doubling as a rule, and `mark` is the x that stands out among them. A plot with a
// `roof` is a roofline: the slope of the memory, a ceiling for each peak, and the points of what was measured.
'use strict';
(function () {
  const plots = JSON.parse(document.getElementById('plots').textContent);
  const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const prefixes = [[1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];

  function scale(plot) {
    const largest = plot.roof ? Math.max(...plot.roof.ceilings.map(ceiling => ceiling.rate)) : Math.max(...plot.points.map(point => point.high));
    const found = prefixes.find(([size]) => largest >= size && (size >= 1e6 || largest >= 1e5));
    return found ? { by: found[0], unit: found[1] + plot.unit } : { by: 1, unit: plot.unit };
  }

  function line(label, data, options) {
    return Object.assign({ label, data, showLine: true, pointRadius: 0, borderWidth: 0, clip: 6 }, options);
  }

  const reach = values => ({ from: Math.min(...values) / 2, to: Math.max(...values) * 2 });
  const intensities = ({ bandwidth, ceilings, points }) => points.map(point => point.x).concat(ceilings.map(ceiling => ceiling.rate / bandwidth));
  const rates = ({ ceilings, points }, by) => points.map(point => point.y / by).concat(ceilings.map(ceiling => ceiling.rate / by));

  function roofline(roof, by) {
    const { bandwidth, ceilings, points } = roof;
    const { from, to } = reach(intensities(roof));
    const ceilingOf = (label, rate, options) => {
      const ridge = rate / bandwidth;
      return line(label, [{ x: ridge, y: rate / by }, { x: to, y: rate / by }], Object.assign({ borderWidth: 2, borderColor: color('--fit'), backgroundColor: color('--fit') }, options));
    };
    const top = Math.max(...ceilings.map(ceiling => ceiling.rate));
    const slope = line('memory', [{ x: from, y: from * bandwidth / by }, { x: top / bandwidth, y: top / by }], { borderWidth: 2, borderColor: color('--accent'), backgroundColor: color('--accent') });
    const marks = ['circle', 'rect', 'triangle', 'rectRot']; // as in the table, which is the legend
    return [slope]
      .concat(ceilings.map((ceiling, i) => ceilingOf(ceiling.name, ceiling.rate, { borderDash: i < ceilings.length - 1 ? [6, 4] : [] })))
      .concat(points.map((point, i) => ({ label: point.name, data: [{ x: point.x, y: point.y / by }], pointRadius: 6, pointStyle: marks[i % marks.length], borderColor: color('--ink'), backgroundColor: color('--ink') })));
  }

  function datasets(plot, by) {
    if (plot.roof) return roofline(plot.roof, by);
    const at = key => plot.points.map(point => ({ x: point.x, y: point[key] / by }));
    const [first, second] = plot.names || ['median', 'fit'];
    const sets = [
      line('low', at('low'), {}),
      line('high', at('high'), { fill: '-1', backgroundColor: color('--band') }),
      line(first, at('y'), { pointRadius: dotted(plot) ? 4 : 0.1, borderWidth: 2, borderColor: color('--accent'), backgroundColor: color('--accent') }),
    ];
    if (plot.curve) {
      const fitted = plot.curve.map(row => ({ x: row[0], y: row[1] / by }));
      sets.push(line(second, fitted, { pointRadius: plot.loads ? 4 : 0, borderWidth: 2, borderDash: [6, 4], borderColor: color('--fit'), backgroundColor: color('--fit') }));
    }
    if (plot.mark) {
      const top = Math.max(...sets.flatMap(set => set.data.map(point => point.y)));
      const upright = [{ x: plot.mark.x, y: 0 }, { x: plot.mark.x, y: top }];
      sets.push(line(plot.mark.label, upright, { borderWidth: 2, borderDash: [2, 3], borderColor: color('--soft'), backgroundColor: color('--soft') }));
    }
    return sets;
  }

  const dotted = plot => Boolean(plot.loads) || !plot.names;

  function powers(values, ticks) {
    const { from, to } = reach(values);
    const all = [];
    for (let power = Math.ceil(Math.log10(from)); 10 ** power <= to; ++power) all.push({ value: 10 ** power });
    return {
      type: 'logarithmic',
      min: from,
      max: to,
      afterBuildTicks: axis => { axis.ticks = all; },
      ticks: Object.assign({ maxRotation: 0, callback: value => Number(value.toPrecision(3)) }, ticks),
    };
  }

  function horizontal(plot, ticks) {
    if (plot.roof) return powers(intensities(plot.roof), ticks);
    if (!plot.loads) return { ticks: Object.assign(plot.names ? { maxTicksLimit: 12 } : { precision: 0, stepSize: 1, maxTicksLimit: 12 }, ticks) };
    return {
      type: 'logarithmic',
      min: plot.loads[0],
      max: plot.loads[plot.loads.length - 1],
      afterBuildTicks: axis => { axis.ticks = plot.loads.map(value => ({ value })); },
      ticks: Object.assign({ callback: value => Number(value.toPrecision(3)) }, ticks),
    };
  }

  function draw(place) {
    const plot = plots[Number(place.dataset.plot)];
    const { by, unit } = scale(plot);
    const grid = { color: color('--line') };
    const ticks = { color: color('--soft') };
    const axis = text => ({ title: { display: true, text, color: color('--soft') }, grid, ticks });
    return new Chart(place.appendChild(document.createElement('canvas')), {
      type: 'scatter',
      data: { datasets: datasets(plot, by) },
      options: {
        animation: false,
        maintainAspectRatio: false,
        scales: {
          x: Object.assign(axis(plot.axis), horizontal(plot, ticks)),
          y: Object.assign(axis(unit), plot.roof ? powers(rates(plot.roof, by), ticks) : { beginAtZero: true }),
        },
        plugins: {
          legend: { display: Boolean(plot.curve || plot.mark), labels: { color: color('--ink'), boxHeight: 1, filter: item => item.text !== 'low' && item.text !== 'high' } },
          tooltip: { filter: item => item.dataset.pointRadius > 0 },
        },
      },
    });
  }

  let charts = [];
  function redraw() {
    charts.forEach(chart => chart.destroy());
    document.querySelectorAll('.plot').forEach(place => place.replaceChildren());
    charts = [...document.querySelectorAll('.plot')].map(draw);
  }
  redraw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
})();
