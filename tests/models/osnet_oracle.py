"""OSNet's and OSNet-AIN's forward passes straight from a state dict, from the papers' structure.

Nothing here touches Passerby's modules: only functions of torch and the tensors by name.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

Weights = dict[str, Tensor]


def osnet(weights: Weights, images: Tensor) -> tuple[Tensor, Tensor]:
    """OSNet's last map (B, C, h, w) and its embedding (B, 512), in evaluation mode."""
    maps = stem(weights, images, batch_norm)
    for stage, halves in (("conv2", True), ("conv3", True), ("conv4", False)):
        for block in ("0", "1"):
            maps = plain_block(weights, f"{stage}.{block}", maps)
        if halves:
            maps = F.avg_pool2d(conv_norm_relu(weights, f"{stage}.2.0", maps), 2)
    maps = conv_norm_relu(weights, "conv5", maps)
    return maps, embedding(weights, maps)


def osnet_ain(weights: Weights, images: Tensor) -> tuple[Tensor, Tensor]:
    """OSNet-AIN's last map and embedding, in evaluation mode."""
    maps = stem(weights, images, instance_norm)
    for stage in ("conv2", "conv3", "conv4"):
        for block in ("0", "1"):
            maps = ain_block(weights, f"{stage}.{block}", maps)
        if stage != "conv4":
            pool = stage.replace("conv", "pool")
            maps = F.avg_pool2d(conv_norm_relu(weights, f"{pool}.0", maps), 2)
    maps = conv_norm_relu(weights, "conv5", maps)
    return maps, embedding(weights, maps)


def stem(weights: Weights, images: Tensor, norm) -> Tensor:
    maps = F.conv2d(images, weights["conv1.conv.weight"], stride=2, padding=3)
    return F.max_pool2d(F.relu(norm(weights, "conv1.bn", maps)), 3, stride=2, padding=1)


def plain_block(weights: Weights, at: str, maps: Tensor) -> Tensor:
    inner = conv_norm_relu(weights, f"{at}.conv1", maps)
    streams = [light(weights, f"{at}.conv2a", inner)]
    for letter, depth in (("b", 2), ("c", 3), ("d", 4)):
        stream = inner
        for layer in range(depth):
            stream = light(weights, f"{at}.conv2{letter}.{layer}", stream)
        streams.append(stream)
    summed = torch.stack([gate(weights, f"{at}.gate", stream) for stream in streams]).sum(0)
    outer = F.conv2d(summed, weights[f"{at}.conv3.conv.weight"])
    return F.relu(batch_norm(weights, f"{at}.conv3.bn", outer) + shortcut(weights, at, maps))


def ain_block(weights: Weights, at: str, maps: Tensor) -> Tensor:
    inner = conv_norm_relu(weights, f"{at}.conv1", maps)
    summed = torch.zeros_like(inner)
    for number in range(4):
        stream = inner
        for layer in range(number + 1):
            stream = light(weights, f"{at}.conv2.{number}.layers.{layer}", stream)
        summed = summed + gate(weights, f"{at}.gate", stream)
    outer = F.conv2d(summed, weights[f"{at}.conv3.conv.weight"])
    # The file itself says where the search put instance normalisation.
    if f"{at}.IN.weight" in weights:
        outer = instance_norm(weights, f"{at}.IN", outer)
    else:
        outer = batch_norm(weights, f"{at}.conv3.bn", outer)
    return F.relu(outer + shortcut(weights, at, maps))


def shortcut(weights: Weights, at: str, maps: Tensor) -> Tensor:
    if f"{at}.downsample.conv.weight" not in weights:
        return maps
    projected = F.conv2d(maps, weights[f"{at}.downsample.conv.weight"])
    return batch_norm(weights, f"{at}.downsample.bn", projected)


def light(weights: Weights, at: str, maps: Tensor) -> Tensor:
    across = F.conv2d(maps, weights[f"{at}.conv1.weight"])
    within = F.conv2d(across, weights[f"{at}.conv2.weight"], padding=1, groups=across.shape[1])
    return F.relu(batch_norm(weights, f"{at}.bn", within))


def gate(weights: Weights, at: str, maps: Tensor) -> Tensor:
    squeezed = F.adaptive_avg_pool2d(maps, 1)
    hidden = F.relu(F.conv2d(squeezed, weights[f"{at}.fc1.weight"], weights[f"{at}.fc1.bias"]))
    scores = F.conv2d(hidden, weights[f"{at}.fc2.weight"], weights[f"{at}.fc2.bias"])
    return torch.sigmoid(scores) * maps


def conv_norm_relu(weights: Weights, at: str, maps: Tensor) -> Tensor:
    return F.relu(batch_norm(weights, f"{at}.bn", F.conv2d(maps, weights[f"{at}.conv.weight"])))


def embedding(weights: Weights, maps: Tensor) -> Tensor:
    pooled = F.adaptive_avg_pool2d(maps, 1).flatten(1)
    linear = F.linear(pooled, weights["fc.0.weight"], weights["fc.0.bias"])
    return F.relu(batch_norm(weights, "fc.1", linear))


def batch_norm(weights: Weights, at: str, maps: Tensor) -> Tensor:
    return F.batch_norm(
        maps,
        weights[f"{at}.running_mean"],
        weights[f"{at}.running_var"],
        weights[f"{at}.weight"],
        weights[f"{at}.bias"],
    )


def instance_norm(weights: Weights, at: str, maps: Tensor) -> Tensor:
    return F.instance_norm(maps, weight=weights[f"{at}.weight"], bias=weights[f"{at}.bias"])
