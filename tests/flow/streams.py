# SPDX-License-Identifier: Apache-2.0
"""H.264 streams of the video tests, made with ffmpeg and libx264 from generated charts, and what they must look
like: get("720p30") encodes once (kept in build/streams) and knows its access units and its reference decode.

Colours are BT.709 full range, as RDP has them. AVC444: two 4:2:0 pictures, main and auxiliary, for each 4:4:4 one,
encoded in turns as one sequence [MS-RDPEGFX] 3.3.8.3.2, 3.3.8.3.3.
"""
import hashlib, json, os, random, struct, subprocess
from dataclasses import dataclass, asdict
from pathlib import Path

from tynd import BUILD

FOLDER = BUILD / "streams"
FULL_709 = "scale=in_range=full:out_range=full:out_color_matrix=bt709"
CHART, TEXT, MIXED, UPPER = "chart", "text", "mixed", "upper"  # the last: only the upper 300 lines move
RECIPE = 4  # changes what is made from the same description


@dataclass(frozen=True)
class Stream:
    name: str
    width: int  # of the picture, even; a surface may be a pixel smaller
    height: int
    fps: int = 30
    frames: int = 12
    source: str = CHART
    mode: str = "420"       # or "444v2", "444": two access units for each picture
    crf: int = 20
    key_interval: int = 6
    x264: str = ""
    profile: str = "high"
    bitstream_filter: str = ""
    parts: tuple = ()       # other streams, one behind the other, instead of a source

    @property
    def folder(self):
        text = json.dumps([RECIPE, asdict(self), [asdict(STREAMS[p]) for p in self.parts]], sort_keys=True)
        return FOLDER / f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @property
    def annex_b(self):
        return self.folder / "stream.h264"

    @property
    def units(self):
        """The file that video_server loads."""
        return self.folder / "units"

    def access_units(self):
        data, at, units = self.units.read_bytes(), 0, []
        while at < len(data):
            length = struct.unpack_from("<I", data, at)[0]
            units.append(data[at + 4:at + 4 + length])
            at += 4 + length
        return units

    def planes(self):
        """The reference decode: a list of (width, height, y, u, v), the chroma of half size; made again each time."""
        if self.parts:
            return [picture for part in self.parts for picture in STREAMS[part].planes()]
        width, height = self.shown_size()
        done = ffmpeg("-i", self.annex_b, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuvj420p", "-")
        luma, chroma = width * height, ((width + 1) // 2) * ((height + 1) // 2)
        size = luma + 2 * chroma
        assert len(done) % size == 0, (self.name, len(done), width, height)
        return [(width, height, done[at:at + luma], done[at + luma:at + luma + chroma], done[at + luma + chroma:at + size])
                for at in range(0, len(done), size)]

    def shown_size(self):
        """After the SPS' cropping."""
        crop = dict(word.split("=") for word in self.bitstream_filter.split(":") if word.startswith("crop_"))
        cut = {name: int(crop.get(f"crop_{name}", 0)) for name in ("left", "right", "top", "bottom")}
        return self.width - cut["left"] - cut["right"], self.height - cut["top"] - cut["bottom"]

    def picture(self, number, is_sharp=True):
        """What has to be on the screen after this picture, a PIL image; is_sharp: with the chroma of AVC444. Kept."""
        from PIL import Image
        path = self.folder / f"{number}{'' if is_sharp else '-luma'}.png"
        if not path.exists():
            made = path.with_suffix(f".{os.getpid()}")
            self.make_picture(number, is_sharp).save(made, "PNG", compress_level=1)
            made.rename(path)
        with Image.open(path) as image:
            return image.convert("RGB")

    def pictures(self, is_sharp=True):
        return [self.picture(number, is_sharp) for number in range(self.count)]

    def make_picture(self, number, is_sharp):
        planes = self.planes()
        if self.mode == "420":
            return to_rgb(*planes[number])
        if not is_sharp:
            return to_rgb(*planes[2 * number])
        return to_rgb_444(planes[2 * number], planes[2 * number + 1], self.mode == "444v2")

    @property
    def count(self):
        """Of pictures."""
        return sum(STREAMS[part].count for part in self.parts) if self.parts else self.frames


def ffmpeg(*words, data=None):
    done = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", *map(str, words)], input=data,
                          stdin=None if data is not None else subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(f"ffmpeg {' '.join(map(str, words))}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def text_page(lines=400):
    """Words that look like an office's day."""
    chosen = random.Random(7)
    letters = "eeeeeaaaiiooutnrsldkmgpvfhbjåøæ"
    def word(): return "".join(chosen.choice(letters) for _ in range(chosen.randint(2, 11)))
    return "\n".join(" ".join(word() for _ in range(14)) for _ in range(lines))


def source_filter(stream, folder):
    """A filter graph of ffmpeg that draws the chart."""
    size, rate = f"{stream.width}x{stream.height}", stream.fps
    text = folder / "text"
    scroll = (f"drawtext=textfile={text}:fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:fontsize=17:"
              f"fontcolor=0x202020:x=40:y=40-3*n:line_spacing=6:expansion=none")
    if stream.source == CHART:
        return f"testsrc2=s={size}:r={rate}"
    if stream.source == UPPER:
        return (f"testsrc2=s={size}:r={rate},split[a][b];[a]loop=loop=-1:size=1:start=0[still];"
                f"[b]crop={stream.width}:300:0:0[moves];[still][moves]overlay=shortest=1")
    text.write_text(text_page())
    if stream.source == TEXT:
        return f"color=c=white:s={size}:r={rate},{scroll}"
    small = f"{stream.width // 2 & ~1}x{stream.height // 2 & ~1}"
    return (f"color=c=white:s={size}:r={rate},{scroll.replace('40-3*n', '40-3*floor(n/10)')}[page];"
            f"testsrc2=s={small}:r={rate}[film];[page][film]overlay=x={stream.width // 4 & ~1}:y={stream.height // 4 & ~1}")


def encode_words(stream):
    interval = stream.key_interval * (1 if stream.mode == "420" else 2)
    options = f"aud=1:threads=1:lookahead-threads=1:keyint={interval}:min-keyint={interval}:scenecut=0:bframes=0:" \
              f"repeat-headers=1"
    return ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", stream.profile, "-crf", stream.crf, "-threads", 1,
            "-x264-params", options + (f":{stream.x264}" if stream.x264 else ""), "-color_range", "pc", "-colorspace",
            "bt709", *(["-bsf:v", f"h264_metadata={stream.bitstream_filter}"] if stream.bitstream_filter else [])]


def encode(stream, folder):
    out = folder / "stream.h264"
    graph = source_filter(stream, folder)
    if stream.mode == "420":
        ffmpeg("-filter_complex", f"{graph},format=rgb24,{FULL_709},format=yuvj420p", "-frames:v", stream.frames,
               *encode_words(stream), "-f", "h264", out)
        return
    raw = ffmpeg("-filter_complex", f"{graph},format=rgb24,{FULL_709},format=yuvj444p", "-frames:v", stream.frames,
                 "-f", "rawvideo", "-pix_fmt", "yuvj444p", "-")
    plane = stream.width * stream.height
    halves = b"".join(part for at in range(0, len(raw), 3 * plane)
                      for part in split_444(stream.width, stream.height, raw[at:at + plane], raw[at + plane:at + 2 * plane],
                                            raw[at + 2 * plane:at + 3 * plane], stream.mode == "444v2"))
    ffmpeg("-f", "rawvideo", "-pix_fmt", "yuvj420p", "-s", f"{stream.width}x{stream.height}", "-r", stream.fps, "-i", "-",
           *encode_words(stream), "-f", "h264", out, data=halves)


def split_units(data):
    """Access units begin with a delimiter (NAL type 9), which x264 was told to write."""
    starts, at = [], 0
    while (at := data.find(b"\0\0\1\x09", at)) >= 0:
        starts.append(at - 1 if at and data[at - 1] == 0 else at)
        at += 4
    return [data[start:stop] for start, stop in zip(starts, starts[1:] + [len(data)])]


def pack_units(units, path):
    path.write_bytes(b"".join(struct.pack("<I", len(unit)) + unit for unit in units))
    return path


def get(name):
    """The stream, encoded if it was not yet."""
    stream = STREAMS[name]
    if not stream.units.exists():
        made = stream.folder.with_name(f"{stream.folder.name}.{os.getpid()}")
        made.mkdir(parents=True)
        if stream.parts:
            (made / "stream.h264").write_bytes(b"".join(get(part).annex_b.read_bytes() for part in stream.parts))
        else:
            encode(stream, made)
        pack_units(split_units((made / "stream.h264").read_bytes()), made / "units")
        try:
            made.rename(stream.folder)
        except OSError:  # somebody else was faster
            pass
    return stream


def rows(plane, width):
    return [plane[at:at + width] for at in range(0, len(plane), width)]


def split_444(width, height, y, u, v, is_version2):
    """Main and auxiliary picture of one 4:4:4 picture, 4:2:0 bytes each. Even sizes; version 1: height a multiple of 16."""
    from PIL import Image
    def quarter(plane): return Image.frombytes("L", (width, height), plane).reduce(2).tobytes()
    u_rows, v_rows = rows(u, width), rows(v, width)
    if is_version2:
        luma = b"".join(one[1::2] + other[1::2] for one, other in zip(u_rows, v_rows))
        first = b"".join(one[0::4] + other[0::4] for one, other in zip(u_rows[1::2], v_rows[1::2]))
        second = b"".join(one[2::4] + other[2::4] for one, other in zip(u_rows[1::2], v_rows[1::2]))
    else:
        odd = zip(range(0, height // 2, 8), range(8, height // 2 + 8, 8))
        luma = b"".join(b"".join(u_rows[1::2][a:b]) + b"".join(v_rows[1::2][a:b]) for a, b in odd)
        first = b"".join(one[1::2] for one in u_rows[0::2])
        second = b"".join(one[1::2] for one in v_rows[0::2])
    return y + quarter(u) + quarter(v), luma + first + second


def join_444(main, auxiliary, is_version2):
    """(y, u, v) of full size, as a receiver has to put them together, without the filter of the first samples."""
    width, height, y, small_u, small_v = main
    _, _, luma, first, second = auxiliary
    half, quarter = width // 2, width // 4
    full = [[bytearray(width) for _ in range(height)] for _ in range(2)]
    for plane, small in zip(full, (small_u, small_v)):
        for number, row in enumerate(rows(small, half)):
            plane[2 * number][0::2] = row
    if is_version2:
        for number, row in enumerate(rows(luma, width)):
            full[0][number][1::2], full[1][number][1::2] = row[:half], row[half:]
        for number, (one, other) in enumerate(zip(rows(first, half), rows(second, half))):
            for plane, a, b in ((full[0], one[:quarter], other[:quarter]), (full[1], one[quarter:], other[quarter:])):
                plane[2 * number + 1][0::4], plane[2 * number + 1][2::4] = a, b
    else:
        for number, row in enumerate(rows(luma, width)):
            block, inside = divmod(number, 16)
            target = 2 * (8 * block + inside % 8) + 1
            if target < height:
                full[inside // 8][target][:] = row
        for number, (one, other) in enumerate(zip(rows(first, half), rows(second, half))):
            full[0][2 * number][1::2], full[1][2 * number][1::2] = one, other
    return y, *full


def filter_444(plane, width, height):
    """The first sample of each 2 x 2 was sent as the mean of the four: got back where that makes a difference."""
    for y in range(0, height - 1, 2):
        upper, lower = plane[y], plane[y + 1]
        for x in range(0, width - 1, 2):
            wanted = min(255, max(0, 4 * upper[x] - upper[x + 1] - lower[x] - lower[x + 1]))
            if abs(wanted - upper[x]) >= 30:
                upper[x] = wanted
    return b"".join(plane)


def to_rgb_444(main, auxiliary, is_version2):
    width, height = main[:2]
    y, u, v = join_444(main, auxiliary, is_version2)
    return matrix(width, height, y, filter_444(u, width, height), filter_444(v, width, height))


def to_rgb(width, height, y, u, v):
    """A 4:2:0 picture; each sample of chroma stands for its four pixels."""
    from PIL import Image
    half = ((width + 1) // 2, (height + 1) // 2)
    def whole(plane): return Image.frombytes("L", half, plane).resize((half[0] * 2, half[1] * 2), Image.NEAREST) \
        .crop((0, 0, width, height)).tobytes()
    return matrix(width, height, y, whole(u), whole(v))


def matrix(width, height, y, u, v):
    """ITU-T H.273 table 4, BT.709, full range."""
    from PIL import Image
    def image(plane): return Image.frombytes("L", (width, height), bytes(plane))
    merged = Image.merge("RGB", (image(y), image(u), image(v)))
    red, blue = 0.2126, 0.0722
    green = 1 - red - blue
    a, b = 2 * (1 - red), 2 * (1 - blue)
    c, d = -2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green
    # PIL cuts off the fraction: half is added to round.
    return merged.convert("RGB", (1, 0, a, 0.5 - 128 * a, 1, c, d, 0.5 - 128 * (c + d), 1, b, 0, 0.5 - 128 * b))


def worst(one, other):
    """The largest difference of a channel of two pictures of one size."""
    from PIL import ImageChops
    if one.size != other.size:
        return 256
    return max(high for _, high in ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema())


def flip_bits(units, numbers, seed=1, flips=12):
    """Some bits of these units turned, behind their first headers."""
    chosen, made = random.Random(seed), list(units)
    for number in numbers:
        unit = bytearray(made[number])
        for _ in range(flips):
            place = chosen.randrange(min(64, len(unit) - 1), len(unit))
            unit[place] ^= 1 << chosen.randrange(8)
        made[number] = bytes(unit)
    return made


def is_key(unit):
    """Does it hold an IDR slice (NAL type 5)?"""
    at = 0
    while (at := unit.find(b"\0\0\1", at)) >= 0 and at + 3 < len(unit):
        if unit[at + 3] & 31 == 5:
            return True
        at += 3
    return False


def table(*streams):
    return {stream.name: stream for stream in streams}


STREAMS = table(
    # what pixels are compared with
    Stream("720p", 1280, 720),
    Stream("1080p", 1920, 1080),
    Stream("4k", 3840, 2160, frames=7),
    Stream("1366x768", 1366, 768),
    Stream("853x480", 854, 480),
    Stream("cropped", 1296, 736, bitstream_filter="crop_left=0:crop_right=16:crop_top=0:crop_bottom=16"),
    Stream("cropped-left", 1312, 752, bitstream_filter="crop_left=16:crop_right=16:crop_top=16:crop_bottom=16"),
    Stream("slices", 1280, 720, x264="slices=4"),
    Stream("b-frames", 1280, 720, x264="bframes=2:b-adapt=0", frames=18),
    Stream("references", 1280, 720, x264="ref=4"),
    Stream("cavlc", 1280, 720, profile="baseline"),
    Stream("small", 1280, 720, frames=6, key_interval=6, crf=26),
    Stream("profiles", 1280, 720, parts=("720p", "cavlc", "references")),
    Stream("interval", 1280, 720, frames=18, key_interval=6),
    Stream("text", 1280, 720, source=TEXT),
    Stream("upper", 1280, 720, source=UPPER, key_interval=12),
    Stream("screen", 1024, 768, frames=12, key_interval=12),
    Stream("444v2", 1280, 720, mode="444v2", frames=6),
    Stream("444v2-odd", 1376, 768, mode="444v2", frames=4),
    Stream("444", 1280, 720, mode="444", frames=6),
    # what is measured
    Stream("720p30", 1280, 720, frames=90, key_interval=90),
    Stream("1080p30", 1920, 1080, frames=60, key_interval=60),
    Stream("1080p60", 1920, 1080, fps=60, frames=60, key_interval=60),
    Stream("4k30", 3840, 2160, frames=30, key_interval=30),
    Stream("720p30-444v2", 1280, 720, mode="444v2", frames=45, key_interval=45),
    Stream("1080p30-444v2", 1920, 1080, mode="444v2", frames=20, key_interval=20),
    Stream("office", 1280, 720, source=TEXT, frames=60, key_interval=60),
    Stream("office-444v2", 1280, 720, source=TEXT, mode="444v2", frames=45, key_interval=45),
    Stream("window", 1280, 800, frames=60, key_interval=60),
    Stream("mixed", 1280, 720, source=MIXED, frames=60, key_interval=60),
)
