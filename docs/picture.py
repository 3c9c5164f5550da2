#!/usr/bin/python3
"""Draws docs/picture.png, the picture in the README, from the tables of a run on a simulated
catalog.

    build/release/uhuru simulate --rows 30000 --out sim.vot --labels-out labels.csv
    build/release/uhuru run --detections sim.vot --labels labels.csv --out result
    docs/picture.py result docs/picture.png        (needs python3-pandas, -matplotlib, -astropy)
"""
import re
import sys
from pathlib import Path

import astropy.units as u
import matplotlib
import numpy as np
import pandas as pd
from astropy.coordinates import SkyCoord

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

folder, picture = sys.argv[1:]
sources = pd.read_csv(f"{folder}/uniquely_classified.csv")
# The colours of the pages, by the groups' places in the recipe.
palette = (Path(__file__).parent.parent / "web/common/palette.css").read_text("utf-8")
colors = dict(zip(["AGN", "Seyfert", "XB", "YSO"],
                  re.findall(r"--g\d-1: light-dark\((#\w+)", palette)))

figure = plt.figure(figsize=(11, 4.1), layout="constrained")
sky = figure.add_subplot(1, 2, 1, projection="mollweide")
plane = figure.add_subplot(1, 2, 2)
galactic = SkyCoord(sources.ra.values * u.deg, sources.dec.values * u.deg).galactic
longitude = -galactic.l.wrap_at(180 * u.deg).radian  # east to the left, as on the sky
for group, color in colors.items():
    of_group = (sources.agg_master_class == group).values
    sky.scatter(longitude[of_group], galactic.b.radian[of_group], s=4, lw=0, c=color, label=group)
    shown = sources[of_group].iloc[:: max(1, of_group.sum() // 900)]
    plane.scatter(shown.hard_hs, np.log10(shown.var_ratio_b + 1e-6), s=5, lw=0, c=color, alpha=0.7)
sky.set_title("Sources by group, galactic coordinates", fontsize=11)
sky.grid(alpha=0.3)
sky.set_xticklabels([])
sky.tick_params(labelsize=8)
plane.set_title("Hardness against variability", fontsize=11)
plane.set_xlabel("hard_hs")
plane.set_ylabel("log$_{10}$ var_ratio_b")
plane.set_ylim(-5, 1)
plane.legend(*sky.get_legend_handles_labels(), loc="lower left", markerscale=4, fontsize=9)
figure.savefig(picture, dpi=110)
