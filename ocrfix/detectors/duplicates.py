from ocrfix.detectors.base import Detector

DETECTORS: tuple[Detector, ...] = ()
